-- Takes away the columns that the migration added and gives quantities their old type. A fraction that an integer cannot hold stops it (22003).
DO $$
DECLARE
    made record;
    fractions bigint;
BEGIN
    FOR made IN
        SELECT attrelid::regclass AS table_name, attname, col_description(attrelid, attnum) AS what
        FROM pg_attribute
        WHERE attnum > 0 AND NOT attisdropped AND col_description(attrelid, attnum) LIKE '%migration square/053_columns.'
    LOOP
        IF made.what LIKE '%Made by migration square/053_columns.' THEN
            EXECUTE format('ALTER TABLE %s DROP COLUMN %I', made.table_name, made.attname);
        ELSE
            EXECUTE format('SELECT count(*) FROM %s WHERE quantity <> trunc(quantity)', made.table_name) INTO fractions;
            IF fractions > 0 AND made.what LIKE 'Was integer %' THEN
                RAISE EXCEPTION '% quantities in % have a fraction, which an integer cannot hold; nothing is cut off', fractions, made.table_name
                    USING ERRCODE = '22003';
            END IF;
            EXECUTE format(
                'ALTER TABLE %1$s ALTER COLUMN quantity TYPE %2$s USING quantity::%2$s', made.table_name, substring(made.what FROM '^Was (.*) before'));
            EXECUTE format('COMMENT ON COLUMN %s.quantity IS NULL', made.table_name);
        END IF;
    END LOOP;
END
$$;
