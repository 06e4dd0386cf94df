-- Adds the foreign keys that hold between Square's objects, where there is none, and the indexes that they and readers need.
-- A vendor's id in vendor information has none: Square does not validate it. Rows that break a key already stay, and a warning counts them.
DO $$
DECLARE
    wanted record;
    orphans bigint;
BEGIN
    FOR wanted IN
        SELECT *, 'square_' || table_name || '_' || column_name || '_fkey' AS name
        FROM (VALUES
            ('catalog_items', 'category_id', 'catalog_categories'), ('catalog_variations', 'item_id', 'catalog_items'),
            ('catalog_vendor_info', 'variation_id', 'catalog_variations'), ('catalog_location_availability', 'item_id', 'catalog_items'),
            ('catalog_location_availability', 'location_id', 'locations'), ('catalog_inventory', 'variation_id', 'catalog_variations'),
            ('catalog_inventory', 'location_id', 'locations'), ('orders', 'location_id', 'locations'), ('order_line_items', 'order_id', 'orders'),
            ('order_fulfillments', 'order_id', 'orders'), ('order_refunds', 'order_id', 'orders'), ('order_returns', 'order_id', 'orders'),
            ('payments', 'location_id', 'locations'), ('payments', 'order_id', 'orders'), ('tenders', 'location_id', 'locations'),
            ('tenders', 'order_id', 'orders'), ('transactions', 'location_id', 'locations')
        ) AS list (table_name, column_name, target)
        WHERE to_regclass(table_name) IS NOT NULL AND NOT EXISTS (
            SELECT FROM pg_constraint
            WHERE contype = 'f' AND conrelid = to_regclass(table_name) AND confrelid = to_regclass(target)
                AND conkey = ARRAY(SELECT attnum FROM pg_attribute WHERE attrelid = conrelid AND attname = column_name)
        )
    LOOP
        EXECUTE format(
            'ALTER TABLE %I ADD CONSTRAINT %I FOREIGN KEY (%I) REFERENCES %I (id) NOT VALID',
            wanted.table_name, wanted.name, wanted.column_name, wanted.target);
        BEGIN
            EXECUTE format('ALTER TABLE %I VALIDATE CONSTRAINT %I', wanted.table_name, wanted.name);
        EXCEPTION WHEN foreign_key_violation THEN
            EXECUTE format(
                'SELECT count(*) FROM %1$I AS child WHERE %2$I IS NOT NULL AND NOT EXISTS (SELECT FROM %3$I WHERE id = child.%2$I)',
                wanted.table_name, wanted.column_name, wanted.target) INTO orphans;
            RAISE WARNING '% rows of % have no row in % by %; the foreign key holds for what is written from now on',
                orphans, wanted.table_name, wanted.target, wanted.column_name;
        END;
    END LOOP;

    FOR wanted IN
        SELECT *, 'square_' || table_name || '_' || array_to_string(columns, '_') || '_idx' AS name
        FROM (VALUES
            ('catalog_items', ARRAY['category_id']), ('catalog_variations', ARRAY['item_id']), ('catalog_variations', ARRAY['sku']),
            ('catalog_vendor_info', ARRAY['variation_id']), ('catalog_vendor_info', ARRAY['vendor_id']),
            ('catalog_location_availability', ARRAY['location_id']), ('catalog_inventory', ARRAY['location_id']),
            ('inventory_counts', ARRAY['location_id', 'calculated_at']), ('orders', ARRAY['location_id', 'created_at']), ('orders', ARRAY['updated_at']),
            ('order_line_items', ARRAY['catalog_object_id']), ('order_fulfillments', ARRAY['order_id']), ('order_refunds', ARRAY['order_id']),
            ('order_returns', ARRAY['order_id']), ('payments', ARRAY['order_id']), ('payments', ARRAY['location_id', 'created_at']),
            ('tenders', ARRAY['order_id']), ('transactions', ARRAY['location_id'])
        ) AS list (table_name, columns)
        WHERE to_regclass(table_name) IS NOT NULL AND NOT EXISTS (
            SELECT FROM pg_index
            WHERE indrelid = to_regclass(table_name) AND indpred IS NULL
                AND (SELECT array_agg(attname::text ORDER BY place) FROM unnest(indkey::int2[]) WITH ORDINALITY AS part (attnum, place)
                    JOIN pg_attribute USING (attnum) WHERE attrelid = indrelid AND place <= cardinality(columns)) = columns
        )
    LOOP
        EXECUTE format(
            'CREATE INDEX %I ON %I (%s)', wanted.name, wanted.table_name,
            (SELECT string_agg(quote_ident(name), ', ') FROM unnest(wanted.columns) AS name));
    END LOOP;
END
$$;
