-- Gives the old keys back. Where they no longer hold (23505), because a uid stands in two orders or a place has counts in two states, it stops:
-- no row is thrown away to make them fit. order_id stays NOT NULL.
DO $$
DECLARE
    old_key text;
    name text;
BEGIN
    SELECT obj_description(oid, 'pg_constraint') INTO old_key
    FROM pg_constraint WHERE conrelid = to_regclass('order_line_items') AND conname = 'square_order_line_items_key';
    IF old_key IS NOT NULL THEN
        ALTER TABLE order_line_items DROP CONSTRAINT square_order_line_items_key;
        EXECUTE format('ALTER TABLE order_line_items ADD CONSTRAINT %I PRIMARY KEY (uid)', old_key);
    END IF;

    SELECT obj_description(oid, 'pg_constraint') INTO old_key
    FROM pg_constraint WHERE conrelid = to_regclass('inventory_counts') AND conname = 'square_inventory_counts_key';
    IF old_key IS NOT NULL THEN
        EXECUTE format('ALTER TABLE inventory_counts ADD CONSTRAINT %I UNIQUE (catalog_object_id, location_id)', old_key);
    END IF;

    FOREACH name IN ARRAY ARRAY['inventory_counts', 'catalog_location_availability', 'catalog_inventory'] LOOP
        CONTINUE WHEN to_regclass(name) IS NULL;
        EXECUTE format('ALTER TABLE %I DROP CONSTRAINT IF EXISTS %I', name, 'square_' || name || '_key');
        IF to_regclass(name || '_duplicates') IS NOT NULL THEN
            EXECUTE format('INSERT INTO %I SELECT * FROM %I', name, name || '_duplicates');
            EXECUTE format('DROP TABLE %I', name || '_duplicates');
        END IF;
    END LOOP;
END
$$;
