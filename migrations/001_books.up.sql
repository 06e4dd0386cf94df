-- The books of Rollcall: what was read, what was sent, what the database settled, and why a row is not in it.
-- Every text is TEXT and every time TIMESTAMPTZ; each table has one writing service, named in its comment.
-- Names and keys compare as bytes (COLLATE "C"): two spellings of one letter are two keys, and an index costs no locale.

CREATE FUNCTION rollcall_expect(holds boolean, code text, what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF holds IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = code, MESSAGE = what;
    END IF;
END
$$;
COMMENT ON FUNCTION rollcall_expect IS
    'Raises the SQLSTATE `code` unless `holds`: a check that ends its transaction, so that a COMMIT already on its way changes nothing.';

CREATE TABLE leases (
    name text PRIMARY KEY,
    holder text NOT NULL,
    epoch bigint NOT NULL,
    taken_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
COMMENT ON TABLE leases IS 'Who runs what, until when, by the clock of the database. Written by each service, its own rows.';
COMMENT ON COLUMN leases.epoch IS 'Grows by one with every holder; the row stays when the lease is given back, so that it never starts anew.';

CREATE TABLE sync_runs (
    run bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    pipeline text COLLATE "C" NOT NULL,
    mode text NOT NULL CHECK (mode IN ('full', 'fields', 'keys')),
    requested jsonb NOT NULL DEFAULT '{}',
    status text NOT NULL CHECK (status IN
        ('running', 'complete', 'complete_with_exceptions', 'partial', 'held', 'unbalanced', 'failed')),
    holder text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    read_at timestamptz,
    emitted_at timestamptz,
    closed_at timestamptz,
    balanced_at timestamptz,
    certificate jsonb,
    guard text,
    plan_hash text,
    approved_at timestamptz,
    approved_by text,
    approval_used_by bigint REFERENCES sync_runs (run),
    summary text NOT NULL DEFAULT '',
    CONSTRAINT sync_runs_closed_or_running CHECK ((status = 'running') = (closed_at IS NULL))
);
CREATE INDEX sync_runs_by_pipeline ON sync_runs (pipeline, run DESC);
COMMENT ON TABLE sync_runs IS 'One row per run and how it closed. Written by the extractor.';
COMMENT ON COLUMN sync_runs.certificate IS 'What proves that the read saw everything: pages, rows, stamps before and after.';
COMMENT ON COLUMN sync_runs.plan_hash IS 'Names what the run would have done; an approval holds for the same plan only.';
COMMENT ON COLUMN sync_runs.balanced_at IS 'When every emitted change was accounted for; set later for a run that closed unbalanced.';

CREATE TABLE run_streams (
    run bigint NOT NULL REFERENCES sync_runs (run),
    stream text COLLATE "C" NOT NULL,
    target_table text NOT NULL,
    read bigint NOT NULL DEFAULT 0,
    blank bigint NOT NULL DEFAULT 0,
    duplicate bigint NOT NULL DEFAULT 0,
    rejected bigint NOT NULL DEFAULT 0,
    unchanged bigint NOT NULL DEFAULT 0,
    waiting bigint NOT NULL DEFAULT 0,
    upserts bigint NOT NULL DEFAULT 0,
    deletes bigint NOT NULL DEFAULT 0,
    planned_at timestamptz,
    PRIMARY KEY (run, stream),
    CONSTRAINT run_streams_count CHECK (least(read, blank, duplicate, rejected, unchanged, waiting, upserts, deletes) >= 0)
);
COMMENT ON TABLE run_streams IS
    'The first half of the books: what one run read of one stream and what it planned to send, written before the first record leaves. Written by the extractor.';

CREATE TABLE run_fields (
    run bigint NOT NULL,
    stream text COLLATE "C" NOT NULL,
    field text NOT NULL,
    header text NOT NULL,
    processed bigint NOT NULL,
    empty bigint NOT NULL,
    coerced bigint NOT NULL,
    nulled bigint NOT NULL,
    kept bigint NOT NULL,
    rejected bigint NOT NULL,
    longest bigint NOT NULL,
    PRIMARY KEY (run, stream, field),
    FOREIGN KEY (run, stream) REFERENCES run_streams (run, stream)
);
COMMENT ON TABLE run_fields IS
    'What happened to each field of one read: cells processed, empty, coerced, set to null or kept by onInvalid, rejected; the longest value in characters. Written by the extractor.';

CREATE TABLE sync_state (
    pipeline text COLLATE "C" NOT NULL,
    stream text COLLATE "C" NOT NULL,
    lock_id integer GENERATED ALWAYS AS IDENTITY UNIQUE,
    fence bigint NOT NULL DEFAULT 0,
    header_fingerprint text,
    last_run bigint,
    last_timestamp timestamptz,
    last_version bigint,
    records_synced bigint,
    duration_seconds double precision,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (pipeline, stream)
);
COMMENT ON TABLE sync_state IS 'Per stream: the fence, the cursor, and how the last run went. Written by the extractor.';
COMMENT ON COLUMN sync_state.fence IS 'The newest run that has begun: first attempts of older runs are superseded.';
COMMENT ON COLUMN sync_state.lock_id IS 'Second half of the advisory lock that orders raising the fence against applying a batch.';

CREATE TABLE sync_columns (
    pipeline text COLLATE "C" NOT NULL,
    stream text COLLATE "C" NOT NULL,
    column_name text COLLATE "C" NOT NULL,
    position integer NOT NULL CHECK (position >= 0),
    PRIMARY KEY (pipeline, stream, column_name),
    UNIQUE (pipeline, stream, position)
);
COMMENT ON TABLE sync_columns IS 'Which bit of sync_rows.held stands for which column; positions are given once and never reused. Written by the loader.';

CREATE TABLE sync_rows (
    pipeline text COLLATE "C" NOT NULL,
    stream text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    sequence bigint NOT NULL,
    hash bigint,
    owed bigint,
    deleted_at timestamptz,
    held bit varying,
    run bigint NOT NULL,
    synced_at timestamptz NOT NULL,
    PRIMARY KEY (pipeline, stream, key),
    CONSTRAINT sync_rows_tombstone_has_no_hash CHECK (deleted_at IS NULL OR hash IS NULL)
) WITH (fillfactor = 48);  -- Half of each page is kept for the next version of its rows: an update of all of them then touches no index (heap-only tuples).
CREATE INDEX sync_rows_owed ON sync_rows (pipeline, stream, owed) WHERE owed IS NOT NULL;
COMMENT ON TABLE sync_rows IS 'What the database settled for each row of the source, stored in the transaction that stored the row. Written by the loader.';
COMMENT ON COLUMN sync_rows.hash IS 'XXH3 of the fields landed last; null if the key never landed or is deleted.';
COMMENT ON COLUMN sync_rows.owed IS 'The highest sequence of this key that failed and has not been made good.';
COMMENT ON COLUMN sync_rows.deleted_at IS 'Set: a tombstone. It keeps an older change from bringing the row back.';
COMMENT ON COLUMN sync_rows.held IS 'One bit per column (sync_columns): the source value decided on last was not blank. A blank clears a field only then.';

CREATE TABLE sync_offsets (
    topic text COLLATE "C" NOT NULL,
    partition integer NOT NULL,
    generation bigint NOT NULL DEFAULT 1,
    next_offset bigint NOT NULL,
    last_id text,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (topic, partition)
);
COMMENT ON TABLE sync_offsets IS 'Where the loader stands in each partition; moves in the transaction that applies the records before it. Written by the loader.';
COMMENT ON COLUMN sync_offsets.generation IS 'Raised when the topic was lost and begun again.';
COMMENT ON COLUMN sync_offsets.last_id IS 'The id of the record before next_offset; another id there means another topic of the same name.';

CREATE TABLE run_tallies (
    run bigint NOT NULL,
    stream text COLLATE "C" NOT NULL,
    partition integer NOT NULL,
    highest_ordinal bigint NOT NULL,
    inserted bigint NOT NULL DEFAULT 0,
    updated bigint NOT NULL DEFAULT 0,
    unchanged_at_target bigint NOT NULL DEFAULT 0,
    kept_local bigint NOT NULL DEFAULT 0,
    superseded bigint NOT NULL DEFAULT 0,
    deleted bigint NOT NULL DEFAULT 0,
    failed bigint NOT NULL DEFAULT 0,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (run, stream, partition),
    CONSTRAINT run_tallies_count
        CHECK (least(highest_ordinal, inserted, updated, unchanged_at_target, kept_local, superseded, deleted, failed) >= 0)
);
COMMENT ON TABLE run_tallies IS
    'The second half of the books: how the emitted changes ended, each ordinal once, first attempts only. Written by the loader.';

CREATE TABLE sync_error_log (
    id text PRIMARY KEY,
    pipeline text COLLATE "C" NOT NULL,
    stream text COLLATE "C" NOT NULL,
    run bigint NOT NULL,
    service text NOT NULL CHECK (service IN ('extractor', 'loader')),
    record_key text COLLATE "C",
    row_number bigint,
    cell text,
    sequence bigint,
    attempt integer NOT NULL CHECK (attempt >= 0),
    error_type text NOT NULL CHECK (error_type IN ('field_length', 'data_type', 'constraint_violation', 'transient', 'unknown')),
    error_code text NOT NULL,
    table_name text,
    column_name text,
    column_definition text,
    constraint_name text,
    value_length bigint,
    message text NOT NULL,
    retryable boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX sync_error_log_by_time ON sync_error_log (created_at);
CREATE INDEX sync_error_log_by_key ON sync_error_log (pipeline, stream, record_key);
CREATE INDEX sync_error_log_by_run ON sync_error_log (run, stream);
COMMENT ON TABLE sync_error_log IS
    'Every row that was refused, with its reason and without its values. Written by the loader (load) and the extractor (read, map).';
COMMENT ON COLUMN sync_error_log.attempt IS '1 is the first load, 0 a row that was never sent.';
COMMENT ON COLUMN sync_error_log.value_length IS 'Of the refused value, in characters.';
COMMENT ON COLUMN sync_error_log.id IS 'Of the change and the attempt, so that one failure is one line however often it is delivered.';

CREATE VIEW run_books AS
SELECT s.run, r.pipeline, s.stream, r.status, s.target_table,
    s.read, s.blank, s.duplicate, s.rejected, s.unchanged, s.waiting, s.upserts, s.deletes,
    s.upserts + s.deletes AS emitted,
    t.inserted, t.updated, t.unchanged_at_target, t.kept_local, t.superseded, t.deleted, t.failed, t.counted,
    s.read - (s.blank + s.duplicate + s.rejected + s.unchanged + s.waiting + s.upserts) AS read_unaccounted,
    s.upserts + s.deletes - t.counted AS emitted_unaccounted,
    s.planned_at IS NOT NULL
        AND s.read = s.blank + s.duplicate + s.rejected + s.unchanged + s.waiting + s.upserts
        AND s.upserts + s.deletes = t.counted AS balanced
FROM run_streams s
JOIN sync_runs r USING (run)
CROSS JOIN LATERAL (
    SELECT coalesce(sum(inserted), 0)::bigint AS inserted, coalesce(sum(updated), 0)::bigint AS updated,
        coalesce(sum(unchanged_at_target), 0)::bigint AS unchanged_at_target, coalesce(sum(kept_local), 0)::bigint AS kept_local,
        coalesce(sum(superseded), 0)::bigint AS superseded, coalesce(sum(deleted), 0)::bigint AS deleted,
        coalesce(sum(failed), 0)::bigint AS failed,
        coalesce(sum(inserted + updated + unchanged_at_target + kept_local + superseded + deleted + failed), 0)::bigint AS counted
    FROM run_tallies WHERE run_tallies.run = s.run AND run_tallies.stream = s.stream
) t;
COMMENT ON VIEW run_books IS 'The books of each run and stream (invariant 4): balanced when everything read and everything emitted is accounted for.';

CREATE VIEW run_failures AS
SELECT t.run, t.stream, t.failed,
    coalesce(e.logged, 0) AS logged, coalesce(e.refused, 0) AS refused, coalesce(e.recovered, 0) AS recovered, coalesce(e.superseded, 0) AS superseded,
    t.failed = coalesce(e.refused + e.recovered + e.superseded, 0) AS explained
FROM (SELECT run, stream, sum(failed)::bigint AS failed FROM run_tallies GROUP BY run, stream) t
LEFT JOIN (
    SELECT l.run, l.stream, count(*) AS logged,
        count(*) FILTER (WHERE r.owed = l.sequence) AS refused,
        count(*) FILTER (WHERE r.owed IS DISTINCT FROM l.sequence AND r.sequence = l.sequence) AS recovered,
        count(*) FILTER (WHERE r.owed IS DISTINCT FROM l.sequence AND r.sequence IS DISTINCT FROM l.sequence) AS superseded
    FROM sync_error_log l
    LEFT JOIN sync_rows r ON (r.pipeline, r.stream, r.key) = (l.pipeline, l.stream, l.record_key)
    WHERE l.service = 'loader' AND l.attempt = 1
    GROUP BY l.run, l.stream
) e USING (run, stream);
COMMENT ON VIEW run_failures IS 'The second book of each run: every failed change is still refused, was recovered, or was superseded by a newer one.';

CREATE VIEW rows_waiting AS
SELECT r.pipeline, r.stream, r.key, r.owed, r.hash IS NULL AND r.deleted_at IS NULL AS never_landed,
    l.error_type, l.error_code, l.table_name, l.column_name, l.column_definition, l.constraint_name, l.value_length, l.cell, l.message, l.created_at
FROM sync_rows r
LEFT JOIN LATERAL (
    SELECT * FROM sync_error_log l
    WHERE l.pipeline = r.pipeline AND l.stream = r.stream AND l.record_key = r.key AND l.sequence = r.owed
    ORDER BY l.attempt DESC LIMIT 1
) l ON true
WHERE r.owed IS NOT NULL;
COMMENT ON VIEW rows_waiting IS 'Every row the database still owes the source, and why.';
