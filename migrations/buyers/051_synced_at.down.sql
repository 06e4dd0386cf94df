DROP INDEX IF EXISTS buyers_synced_at_idx;
ALTER TABLE buyers DROP COLUMN IF EXISTS synced_at;
