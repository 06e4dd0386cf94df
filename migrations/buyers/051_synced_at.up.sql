-- When Rollcall last handled the row, changed or not: the answer to "is this row still being synced?".
ALTER TABLE buyers ADD COLUMN IF NOT EXISTS synced_at timestamptz;
CREATE INDEX IF NOT EXISTS buyers_synced_at_idx ON buyers (synced_at);
COMMENT ON COLUMN buyers.synced_at IS 'Set by the loader with every change of the row it handles.';
