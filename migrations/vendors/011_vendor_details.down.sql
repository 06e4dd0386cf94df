-- Without gmv_90_day, which stays numeric: a sum with a fraction would have to be cut to become an integer again.
ALTER TABLE vendors
    DROP COLUMN IF EXISTS profile_picture, DROP COLUMN IF EXISTS description, DROP COLUMN IF EXISTS origin, DROP COLUMN IF EXISTS average_rating,
    DROP COLUMN IF EXISTS synced_at, DROP COLUMN IF EXISTS db_updated_at, DROP COLUMN IF EXISTS deleted_at;
