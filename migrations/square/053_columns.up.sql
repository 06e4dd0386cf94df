-- Adds the columns that change detection needs, and makes quantities decimal: Square counts in fractions, and an integer column made 0 of "0.75".
-- A quantity that is no number stops the migration (22P02); nothing is guessed.
DO $$
DECLARE
    vendors_table text := CASE WHEN to_regclass('square_vendors') IS NULL THEN 'vendors' ELSE 'square_vendors' END;
    wanted record;
BEGIN
    FOR wanted IN
        SELECT list.*
        FROM (
            SELECT unnest(ARRAY[
                'catalog_categories', 'catalog_items', 'catalog_variations', 'catalog_vendor_info', vendors_table, 'orders'
            ]) AS table_name, 'square_version' AS column_name, 'bigint' AS type, 'The version that Square gave the object; it grows with each change.' AS what
            UNION ALL
            SELECT unnest(ARRAY['order_line_items', 'order_fulfillments', 'order_refunds', 'order_returns', 'tenders']), 'updated_at', 'timestamptz',
                'When the order around it was last changed.'
            UNION ALL
            SELECT unnest(ARRAY[
                'catalog_categories', 'catalog_items', 'catalog_variations', 'catalog_vendor_info', 'catalog_location_availability'
            ]), 'deleted_at', 'timestamptz', 'When the object was found deleted at Square; null: it is there.'
            UNION ALL
            SELECT 'catalog_inventory', 'state', 'text NOT NULL DEFAULT ''IN_STOCK''', 'In which state so many are; Square has one count for each.'
            UNION ALL
            SELECT unnest(ARRAY[
                'locations', 'catalog_categories', 'catalog_items', 'catalog_variations', 'catalog_vendor_info', 'catalog_location_availability',
                'catalog_inventory', 'inventory_counts', 'orders', 'order_line_items', 'order_fulfillments', 'order_refunds', 'order_returns',
                'payments', 'tenders', 'transactions'
            ]), 'synced_at', 'timestamptz', 'Set by the loader with every change of the row it handles.'
        ) AS list
        WHERE to_regclass(list.table_name) IS NOT NULL AND NOT EXISTS (
            SELECT FROM pg_attribute
            WHERE attrelid = to_regclass(list.table_name) AND attname = list.column_name AND NOT attisdropped
        )
    LOOP
        EXECUTE format('ALTER TABLE %I ADD COLUMN %I %s', wanted.table_name, wanted.column_name, wanted.type);
        EXECUTE format(
            'COMMENT ON COLUMN %I.%I IS %L', wanted.table_name, wanted.column_name, wanted.what || ' Made by migration square/053_columns.');
    END LOOP;

    FOR wanted IN
        SELECT attrelid::regclass AS table_name, attnum, format_type(atttypid, atttypmod) AS type
        FROM pg_attribute
        WHERE attrelid IN (to_regclass('catalog_inventory'), to_regclass('inventory_counts'), to_regclass('order_line_items'))
            AND attname = 'quantity' AND atttypid <> 'numeric'::regtype
    LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN quantity TYPE numeric USING nullif(btrim(quantity::text), %L)::numeric', wanted.table_name, '');
        IF col_description(wanted.table_name, wanted.attnum) IS NULL THEN
            EXECUTE format(
                'COMMENT ON COLUMN %s.quantity IS %L', wanted.table_name, format('Was %s before migration square/053_columns.', wanted.type));
        END IF;
    END LOOP;
END
$$;
