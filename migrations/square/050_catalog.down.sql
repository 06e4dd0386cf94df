-- Only tables and columns that the migration made, whose comments say so, are dropped; what was there before stays.
DO $$
DECLARE
    made record;
BEGIN
    FOR made IN
        SELECT oid::regclass AS name FROM pg_class
        WHERE relkind = 'r' AND obj_description(oid, 'pg_class') = 'Made by migration square/050_catalog.'
    LOOP
        EXECUTE format('DROP TABLE %s', made.name);
    END LOOP;
    FOR made IN
        SELECT attrelid::regclass AS name, attname FROM pg_attribute
        WHERE attnum > 0 AND NOT attisdropped AND col_description(attrelid, attnum) = 'Made by migration square/050_catalog.'
    LOOP
        EXECUTE format('ALTER TABLE %s DROP COLUMN %I', made.name, made.attname);
    END LOOP;
END
$$;
