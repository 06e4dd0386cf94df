-- Takes away what the migration added; foreign keys and indexes of others have other names.
DO $$
DECLARE
    made record;
BEGIN
    FOR made IN SELECT conrelid::regclass AS table_name, conname FROM pg_constraint WHERE contype = 'f' AND conname LIKE 'square\_%\_fkey' LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', made.table_name, made.conname);
    END LOOP;
    FOR made IN SELECT oid::regclass AS name FROM pg_class WHERE relkind = 'i' AND relname LIKE 'square\_%\_idx' LOOP
        EXECUTE format('DROP INDEX %s', made.name);
    END LOOP;
END
$$;
