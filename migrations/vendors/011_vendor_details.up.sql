-- What the sync brings and the table had no place for: picture, description, origin and rating were dropped without a word, and sums of money with
-- a fraction met an integer column, which refused the row.
ALTER TABLE vendors ADD COLUMN IF NOT EXISTS profile_picture text;
ALTER TABLE vendors ADD COLUMN IF NOT EXISTS description text;
ALTER TABLE vendors ADD COLUMN IF NOT EXISTS origin text;
ALTER TABLE vendors ADD COLUMN IF NOT EXISTS average_rating numeric;
ALTER TABLE vendors ADD COLUMN IF NOT EXISTS synced_at timestamptz;
ALTER TABLE vendors ADD COLUMN IF NOT EXISTS db_updated_at timestamptz;
ALTER TABLE vendors ADD COLUMN IF NOT EXISTS deleted_at timestamptz;
ALTER TABLE vendors ALTER COLUMN gmv_90_day TYPE numeric;
CREATE UNIQUE INDEX IF NOT EXISTS vendors_handle_key ON vendors (handle);
COMMENT ON COLUMN vendors.synced_at IS 'Set by the loader with every change of the row it handles.';
COMMENT ON COLUMN vendors.db_updated_at IS 'Set by the loader with every change of the row it handles.';
COMMENT ON COLUMN vendors.deleted_at IS 'Since when the warehouse has the vendor no more; null again when it comes back. Tickets go on pointing at the row.';
