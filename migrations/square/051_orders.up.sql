-- Makes what is missing of orders, of all that only exists inside of them, of payments and transactions.
-- A line item is told by its order and its uid together: Square gives one uid to lines of several orders.
DO $$
DECLARE
    wanted record;
    wanted_column record;
BEGIN
    FOR wanted IN
        SELECT * FROM (VALUES
            ('orders', 'id', '
                id text; location_id text; created_at timestamptz; updated_at timestamptz; closed_at timestamptz; state text; version integer;
                total_money jsonb; total_tax_money jsonb; total_discount_money jsonb; net_amounts jsonb; source jsonb; return_amounts jsonb;
                order_metadata jsonb'),
            ('order_line_items', 'order_id, uid', '
                uid text; order_id text; name text; quantity numeric; note text; catalog_object_id text; catalog_version bigint; variation_name text;
                item_type text; base_price_money jsonb; variation_total_price_money jsonb; gross_sales_money jsonb; total_tax_money jsonb;
                total_discount_money jsonb; total_money jsonb; applied_taxes jsonb; applied_discounts jsonb; modifiers jsonb; pricing_blocklists jsonb;
                item_variation_metadata jsonb'),
            ('order_fulfillments', 'id', '
                id text; order_id text; status text; type text; state text; line_item_application text; fulfillment_metadata jsonb; pickup_details jsonb;
                shipment_details jsonb; delivery_details jsonb'),
            ('order_refunds', 'id', '
                id text; order_id text; status text; amount_money jsonb; processing_fee jsonb; reason text; payment_id text'),
            ('order_returns', 'id', '
                id text; order_id text; source_order_id text; return_line_items jsonb; return_service_charges jsonb; return_taxes jsonb;
                return_discounts jsonb; rounding_adjustment jsonb; return_amounts jsonb'),
            ('payments', 'id', '
                id text; created_at timestamptz; updated_at timestamptz; amount_money jsonb; total_money jsonb; tip_money jsonb; app_fee_money jsonb;
                approved_money jsonb; processing_fee jsonb; refunded_money jsonb; status text; delay_duration text; delay_action text;
                delayed_until timestamptz; source_type text; card_details jsonb; cash_details jsonb; external_details jsonb; location_id text;
                order_id text; reference_id text; risk_evaluation jsonb; buyer_email_address text; billing_address jsonb; shipping_address jsonb;
                note text; statement_description_identifier text; capabilities jsonb; receipt_number text; receipt_url text; device_details jsonb;
                application_details jsonb; version_token text; refund_ids jsonb'),
            ('tenders', 'id', '
                id text; location_id text; order_id text; created_at timestamptz; note text; amount_money jsonb; tip_money jsonb;
                processing_fee_money jsonb; customer_id text; type text; card_details jsonb; cash_details jsonb; additional_recipients jsonb;
                payment_id text'),
            ('transactions', 'id', '
                id text; location_id text; created_at timestamp')
        ) AS list (table_name, key, columns)
    LOOP
        IF to_regclass(wanted.table_name) IS NULL THEN
            EXECUTE format('CREATE TABLE %I (%s, PRIMARY KEY (%s))', wanted.table_name, replace(wanted.columns, ';', ','), wanted.key);
            EXECUTE format('COMMENT ON TABLE %I IS %L', wanted.table_name, 'Made by migration square/051_orders.');
            CONTINUE;
        END IF;
        FOR wanted_column IN
            SELECT split_part(definition, ' ', 1) AS name, definition
            FROM (SELECT btrim(part, E' \n') AS definition FROM regexp_split_to_table(wanted.columns, ';') AS part) AS parts
            WHERE NOT EXISTS (
                SELECT FROM pg_attribute
                WHERE attrelid = to_regclass(wanted.table_name) AND attname = split_part(definition, ' ', 1) AND NOT attisdropped
            )
        LOOP
            EXECUTE format('ALTER TABLE %I ADD COLUMN %s', wanted.table_name, wanted_column.definition);
            EXECUTE format(
                'COMMENT ON COLUMN %I.%I IS %L', wanted.table_name, wanted_column.name, 'Made by migration square/051_orders.');
        END LOOP;
    END LOOP;
END
$$;
