-- One row is one thing: a line item by its order and uid, a stock row by variation, location and state, a count by its moment too.
-- Where a table holds several rows of one key, the newest stays and the others move to TABLE_duplicates: nothing is thrown away.
DO $$
DECLARE
    wanted record;
    doubled bigint;
    old_key text;
BEGIN
    FOR wanted IN
        SELECT *, (SELECT string_agg(quote_ident(name), ', ') FROM unnest(key) AS name) AS columns,
            (SELECT array_agg(attnum ORDER BY attnum) FROM pg_attribute WHERE attrelid = to_regclass(table_name) AND attname = ANY (key)) AS places
        FROM (VALUES
            ('catalog_inventory', ARRAY['variation_id', 'location_id', 'state'], 'calculated_at'),
            ('catalog_location_availability', ARRAY['item_id', 'location_id'], 'updated_at'),
            ('inventory_counts', ARRAY['catalog_object_id', 'location_id', 'state', 'calculated_at'], 'updated_at')
        ) AS list (table_name, key, newest)
        WHERE to_regclass(table_name) IS NOT NULL
    LOOP
        CONTINUE WHEN EXISTS (
            SELECT FROM pg_index
            WHERE indrelid = to_regclass(wanted.table_name) AND indisunique AND indpred IS NULL AND indexprs IS NULL
                AND (SELECT array_agg(place ORDER BY place) FROM unnest(indkey::int2[]) AS place) = wanted.places
        );
        EXECUTE format('CREATE TABLE IF NOT EXISTS %I (LIKE %I)', wanted.table_name || '_duplicates', wanted.table_name);
        EXECUTE format(
            'WITH moved AS (
                DELETE FROM %1$I WHERE id IN (
                    SELECT id FROM (
                        SELECT id, row_number() OVER (PARTITION BY %2$s ORDER BY %3$I DESC NULLS LAST, id DESC) AS place FROM %1$I
                        WHERE num_nulls(%2$s) = 0
                    ) AS rows WHERE place > 1
                ) RETURNING *
            ) INSERT INTO %4$I SELECT * FROM moved',
            wanted.table_name, wanted.columns, wanted.newest, wanted.table_name || '_duplicates');
        GET DIAGNOSTICS doubled = ROW_COUNT;
        IF doubled = 0 THEN
            EXECUTE format('DROP TABLE %I', wanted.table_name || '_duplicates');
        END IF;
        EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I UNIQUE (%s)', wanted.table_name, 'square_' || wanted.table_name || '_key', wanted.columns);
    END LOOP;

    -- Square has a count for each state, and each count has a history.
    SELECT conname INTO old_key
    FROM pg_constraint
    WHERE conrelid = to_regclass('inventory_counts') AND contype = 'u' AND (
        SELECT array_agg(attname ORDER BY attname) FROM pg_attribute WHERE attrelid = conrelid AND attnum = ANY (conkey)
    ) = ARRAY['catalog_object_id', 'location_id']::name[];
    IF old_key IS NOT NULL THEN
        EXECUTE format('ALTER TABLE inventory_counts DROP CONSTRAINT %I', old_key);
        EXECUTE format('COMMENT ON CONSTRAINT square_inventory_counts_key ON inventory_counts IS %L', old_key);
    END IF;

    SELECT conname INTO old_key
    FROM pg_constraint
    WHERE conrelid = to_regclass('order_line_items') AND contype = 'p' AND (
        SELECT array_agg(attname) FROM pg_attribute WHERE attrelid = conrelid AND attnum = ANY (conkey)
    ) = ARRAY['uid']::name[];
    IF old_key IS NOT NULL THEN
        EXECUTE format('ALTER TABLE order_line_items DROP CONSTRAINT %I', old_key);
        ALTER TABLE order_line_items ADD CONSTRAINT square_order_line_items_key PRIMARY KEY (order_id, uid);
        EXECUTE format('COMMENT ON CONSTRAINT square_order_line_items_key ON order_line_items IS %L', old_key);
    END IF;
END
$$;
