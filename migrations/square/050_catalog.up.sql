-- Makes what is missing of the shop's tables and columns: places, catalog, vendors, stock. What is there stays as it is; 053 to 055 cure it.
-- Types are those the shop's programs know: times of the catalog are UTC without a zone, money is JSON in minor units.
DO $$
DECLARE
    -- Another business may keep vendors of its own in this database, which are not Square's: theirs have no account number.
    vendors_table text := CASE
        WHEN to_regclass('square_vendors') IS NULL AND (to_regclass('vendors') IS NULL OR EXISTS (
            SELECT FROM pg_attribute WHERE attrelid = to_regclass('vendors') AND attname = 'account_number' AND NOT attisdropped
        )) THEN 'vendors'
        ELSE 'square_vendors'
    END;
    wanted record;
    wanted_column record;
BEGIN
    FOR wanted IN
        SELECT * FROM (VALUES
            ('locations', 'id', '
                id text; name text; address jsonb; timezone text; capabilities jsonb; status text; created_at timestamp; updated_at timestamp;
                description text; coordinates jsonb; business_hours jsonb; business_email text; phone_number text; website_url text'),
            ('catalog_categories', 'id', '
                id text; name text; description text; version bigint; is_deleted boolean; created_at timestamp; updated_at timestamp'),
            ('catalog_items', 'id', '
                id text; name text; description text; description_html text; description_plaintext text; category_id text; reporting_category_id text;
                product_type text; is_taxable boolean; tax_ids jsonb; is_archived boolean; is_deleted boolean; ecom_visibility text;
                units_per_case integer; created_at timestamp; updated_at timestamp; version bigint; present_at_all_locations boolean;
                present_at_location_ids jsonb'),
            ('catalog_variations', 'id', '
                id text; item_id text; name text; sku text; ordinal integer; pricing_type text; price_money jsonb; default_unit_cost jsonb;
                sellable boolean; stockable boolean; track_inventory boolean; is_deleted boolean; units_per_case integer; created_at timestamp;
                updated_at timestamp; version bigint; present_at_all_locations boolean; present_at_location_ids jsonb'),
            ('catalog_vendor_info', 'id', '
                id text; variation_id text; vendor_id text; ordinal integer; is_deleted boolean; created_at timestamp; updated_at timestamp;
                version bigint; present_at_all_locations boolean; present_at_location_ids jsonb'),
            ('catalog_location_availability', 'id', '
                id serial; item_id text; location_id text; sold_out boolean; created_at timestamp; updated_at timestamp'),
            ('catalog_inventory', 'id', '
                id serial; variation_id text; location_id text; quantity numeric; calculated_at timestamp; created_at timestamp; updated_at timestamp'),
            ('inventory_counts', 'id', '
                id serial; catalog_object_id text; location_id text; state text; quantity numeric; calculated_at timestamp; updated_at timestamp'),
            (vendors_table, 'id', '
                id text; name text; account_number text; note text; status text; version text; address text; contacts text; created_at timestamp;
                updated_at timestamp; synced_at timestamp')
        ) AS list (table_name, key, columns)
    LOOP
        IF to_regclass(wanted.table_name) IS NULL THEN
            EXECUTE format('CREATE TABLE %I (%s, PRIMARY KEY (%s))', wanted.table_name, replace(wanted.columns, ';', ','), wanted.key);
            EXECUTE format('COMMENT ON TABLE %I IS %L', wanted.table_name, 'Made by migration square/050_catalog.');
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
                'COMMENT ON COLUMN %I.%I IS %L', wanted.table_name, wanted_column.name, 'Made by migration square/050_catalog.');
        END LOOP;
    END LOOP;
END
$$;
