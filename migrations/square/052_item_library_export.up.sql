-- Makes what is missing of the item library's export: the columns of the file that people download from Square, six for each shop.
DO $$
DECLARE
    wanted record;
    wanted_column record;
BEGIN
    FOR wanted IN
        SELECT * FROM (VALUES
            ('square_item_library_export', 'id', '
                id serial; reference_handle text; token text; item_name text; variation_name text; sku text; description text; categories text;
                reporting_category text; seo_title text; seo_description text; permalink text; gtin text; square_online_item_visibility text;
                item_type text; weight_lb text; social_media_link_title text; social_media_link_description text; shipping_enabled text;
                self_serve_ordering_enabled text; delivery_enabled text; pickup_enabled text; price numeric(10,2); online_sale_price numeric(10,2);
                archived text; sellable text; contains_alcohol text; stockable text; skip_detail_screen_in_pos text; option_name_1 text;
                option_value_1 text; default_unit_cost numeric(10,2); default_vendor_name text; default_vendor_code text; enabled_aubrey text;
                current_quantity_aubrey text; new_quantity_aubrey text; stock_alert_enabled_aubrey text; stock_alert_count_aubrey text; price_aubrey text;
                enabled_bridgefarmer text; current_quantity_bridgefarmer text; new_quantity_bridgefarmer text; stock_alert_enabled_bridgefarmer text;
                stock_alert_count_bridgefarmer text; price_bridgefarmer text; enabled_building text; current_quantity_building text;
                new_quantity_building text; stock_alert_enabled_building text; stock_alert_count_building text; price_building text; enabled_flomo text;
                current_quantity_flomo text; new_quantity_flomo text; stock_alert_enabled_flomo text; stock_alert_count_flomo text; price_flomo text;
                enabled_justin text; current_quantity_justin text; new_quantity_justin text; stock_alert_enabled_justin text;
                stock_alert_count_justin text; price_justin text; enabled_quinlan text; current_quantity_quinlan text; new_quantity_quinlan text;
                stock_alert_enabled_quinlan text; stock_alert_count_quinlan text; price_quinlan text; enabled_terrell text; current_quantity_terrell text;
                new_quantity_terrell text; stock_alert_enabled_terrell text; stock_alert_count_terrell text; price_terrell text; tax_sales_tax text;
                created_at timestamp; updated_at timestamp; export_date timestamp')
        ) AS list (table_name, key, columns)
    LOOP
        IF to_regclass(wanted.table_name) IS NULL THEN
            EXECUTE format('CREATE TABLE %I (%s, PRIMARY KEY (%s))', wanted.table_name, replace(wanted.columns, ';', ','), wanted.key);
            EXECUTE format('COMMENT ON TABLE %I IS %L', wanted.table_name, 'Made by migration square/052_item_library_export.');
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
                'COMMENT ON COLUMN %I.%I IS %L', wanted.table_name, wanted_column.name, 'Made by migration square/052_item_library_export.');
        END LOOP;
    END LOOP;
END
$$;
