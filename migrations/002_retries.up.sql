-- What waits to be tried again, how each failure ended, what the causes are and what people did about them. Written by the retrier.

CREATE FUNCTION retry_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT clock_timestamp()';
COMMENT ON FUNCTION retry_now IS 'The clock of every time in the queue: that of the database, whatever the clocks of the machines around it say.';

CREATE TABLE retry_queue (
    id text COLLATE "C" PRIMARY KEY,
    pipeline text COLLATE "C" NOT NULL,
    stream text COLLATE "C" NOT NULL,
    record_key text COLLATE "C" NOT NULL,
    run bigint NOT NULL,
    sequence bigint NOT NULL,
    hash bigint,
    change text,
    topic text COLLATE "C",
    origin_row bigint,
    cell text,
    error_type text NOT NULL CHECK (error_type IN ('field_length', 'data_type', 'constraint_violation', 'transient', 'unknown')),
    error_code text NOT NULL,
    table_name text,
    column_name text,
    column_definition text,
    constraint_name text,
    value_length bigint,
    message text NOT NULL,
    incident text NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'claimed', 'sent', 'permanently_failed', 'waits_for_source', 'dropped')),
    attempt_count integer NOT NULL CHECK (attempt_count >= 0),
    budget_from integer NOT NULL CHECK (budget_from >= 0),
    releases integer NOT NULL DEFAULT 0 CHECK (releases >= 0),
    next_retry_at timestamptz,
    claims integer NOT NULL DEFAULT 0 CHECK (claims >= 0),
    lease_token uuid,
    lease_until timestamptz,
    sent_partition integer,
    sent_offset bigint,
    sent_generation bigint,
    announced_attempt integer,
    first_failed_at timestamptz NOT NULL,
    last_failed_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT retry_now(),
    CONSTRAINT retry_queue_one_per_key UNIQUE (pipeline, stream, record_key),
    CONSTRAINT retry_queue_pending_has_a_time CHECK (status <> 'pending' OR next_retry_at IS NOT NULL),
    CONSTRAINT retry_queue_claimed_has_a_lease CHECK (status NOT IN ('claimed', 'sent') OR (lease_token IS NOT NULL AND lease_until IS NOT NULL)),
    CONSTRAINT retry_queue_has_a_change CHECK (status IN ('waits_for_source', 'dropped') OR change IS NOT NULL)
);
CREATE INDEX retry_queue_due ON retry_queue (next_retry_at) WHERE status = 'pending';
CREATE INDEX retry_queue_leased ON retry_queue (lease_until) WHERE status IN ('claimed', 'sent');
CREATE INDEX retry_queue_untold ON retry_queue (pipeline) WHERE status = 'permanently_failed' AND announced_attempt IS DISTINCT FROM attempt_count;
CREATE INDEX retry_queue_stuck ON retry_queue (pipeline) WHERE claims >= 10;
CREATE INDEX retry_queue_by_incident ON retry_queue (incident);
CREATE INDEX retry_queue_by_column ON retry_queue (table_name, column_name, column_definition) WHERE column_definition IS NOT NULL;
COMMENT ON TABLE retry_queue IS 'One entry for each key whose last failure is owed, until it lands, is superseded, or a person lets it go. Written by the retrier.';
COMMENT ON COLUMN retry_queue.id IS 'Of the change that opened the entry; it stays when a newer failure of the same content takes over.';
COMMENT ON COLUMN retry_queue.change IS 'The change record as it is sent again; null for a row that was never sent, which waits for its source.';
COMMENT ON COLUMN retry_queue.attempt_count IS 'The highest attempt proven to have failed; 1 is the first load. It only rises.';
COMMENT ON COLUMN retry_queue.budget_from IS 'The attempt whose failure began the present schedule; a release begins a new one.';
COMMENT ON COLUMN retry_queue.releases IS 'How often a cure or a person began a new schedule; bounded.';
COMMENT ON COLUMN retry_queue.claims IS 'How often the attempt in progress was claimed; more than one when a lease ran out. Bounded, and no attempt.';
COMMENT ON COLUMN retry_queue.lease_token IS 'Of the retrier that sends it now; whoever comes with another token changes nothing.';
COMMENT ON COLUMN retry_queue.announced_attempt IS 'The attempt whose permanent failure was told (dead letter and alert).';

CREATE TABLE retry_log (
    pipeline text COLLATE "C" NOT NULL,
    stream text COLLATE "C" NOT NULL,
    record_key text COLLATE "C" NOT NULL,
    sequence bigint NOT NULL,
    run bigint NOT NULL,
    entry text COLLATE "C" NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('recovered', 'superseded')),
    attempt_count integer NOT NULL,
    error_type text NOT NULL,
    error_code text NOT NULL,
    first_failed_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL DEFAULT retry_now(),
    PRIMARY KEY (pipeline, stream, record_key, sequence)
);
CREATE INDEX retry_log_by_time ON retry_log (ended_at);
COMMENT ON TABLE retry_log IS 'How each failure that was queued ended: one line per failed change. Written by the retrier.';

CREATE TABLE retry_offsets (
    topic text COLLATE "C" NOT NULL,
    partition integer NOT NULL,
    generation bigint NOT NULL DEFAULT 1,
    next_offset bigint NOT NULL,
    last_id text,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (topic, partition)
);
COMMENT ON TABLE retry_offsets IS 'Where the retrier stands in each partition of failures; moves in the transaction that takes the records before it in. Written by the retrier.';

CREATE TABLE retry_rate (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    tokens double precision NOT NULL,
    refilled_at timestamptz NOT NULL
);
INSERT INTO retry_rate (tokens, refilled_at) VALUES (0, retry_now());
COMMENT ON TABLE retry_rate IS 'The bucket from which every retrier takes a token per change it sends again. Written by the retrier.';

CREATE TABLE retry_teller (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    holder uuid,
    until timestamptz NOT NULL
);
INSERT INTO retry_teller (until) VALUES ('-infinity');
COMMENT ON TABLE retry_teller IS 'Which retrier tells alerts and dead letters just now, so that several do not tell the same one. Written by the retrier.';

CREATE TABLE incidents (
    id text COLLATE "C" PRIMARY KEY,
    pipeline text COLLATE "C" NOT NULL,
    stream text COLLATE "C" NOT NULL,
    error_type text NOT NULL,
    error_code text NOT NULL,
    table_name text,
    column_name text,
    constraint_name text,
    first_seen timestamptz NOT NULL,
    last_seen timestamptz NOT NULL,
    failures bigint NOT NULL DEFAULT 0,
    sample_keys text[] NOT NULL DEFAULT '{}',
    sample_cells text[] NOT NULL DEFAULT '{}',
    longest bigint,
    cure text NOT NULL DEFAULT '',
    opened integer NOT NULL DEFAULT 1,
    closed_at timestamptz,
    announced boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE incidents IS 'One row per cause: failures of equal code, table, column and constraint of a stream. Opened and closed by facts. Written by the retrier.';
COMMENT ON COLUMN incidents.opened IS 'How often the cause came back after it was gone.';
COMMENT ON COLUMN incidents.announced IS 'The present state, open or closed, was told.';

CREATE TABLE operator_actions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    who text NOT NULL,
    action text NOT NULL CHECK (action IN ('release', 'drop')),
    pipeline text COLLATE "C" NOT NULL,
    stream text COLLATE "C" NOT NULL,
    record_key text COLLATE "C" NOT NULL,
    entry text COLLATE "C" NOT NULL,
    reason text NOT NULL DEFAULT ''
);
CREATE INDEX operator_actions_by_entry ON operator_actions (entry);
COMMENT ON TABLE operator_actions IS 'What people did about waiting rows, and who. Written by the retrier.';

-- The second book: each failed first attempt is in one of these, now.
DROP VIEW run_failures;
CREATE VIEW run_failures AS
SELECT t.run, t.stream, t.failed,
    coalesce(e.logged, 0) AS logged, coalesce(e.refused, 0) AS refused, coalesce(e.retrying, 0) AS retrying, coalesce(e.recovered, 0) AS recovered,
    coalesce(e.superseded, 0) AS superseded, coalesce(e.permanent, 0) AS permanent, coalesce(e.dropped, 0) AS dropped,
    t.failed = coalesce(e.refused + e.retrying + e.recovered + e.superseded + e.permanent + e.dropped, 0) AS explained
FROM (SELECT run, stream, sum(failed)::bigint AS failed FROM run_tallies GROUP BY run, stream) t
LEFT JOIN (
    SELECT run, stream, count(*) AS logged,
        count(*) FILTER (WHERE is_owed AND status IS NULL) AS refused,
        count(*) FILTER (WHERE is_owed AND status IN ('pending', 'claimed', 'sent')) AS retrying,
        count(*) FILTER (WHERE NOT is_owed AND landed) AS recovered,
        count(*) FILTER (WHERE NOT is_owed AND NOT landed) AS superseded,
        count(*) FILTER (WHERE is_owed AND status = 'permanently_failed') AS permanent,
        count(*) FILTER (WHERE is_owed AND status = 'dropped') AS dropped
    FROM (
        SELECT l.run, l.stream, r.owed IS NOT DISTINCT FROM l.sequence AS is_owed, r.sequence IS NOT DISTINCT FROM l.sequence AS landed, q.status
        FROM sync_error_log l
        LEFT JOIN sync_rows r ON (r.pipeline, r.stream, r.key) = (l.pipeline, l.stream, l.record_key)
        LEFT JOIN retry_queue q ON (q.pipeline, q.stream, q.record_key, q.sequence) = (l.pipeline, l.stream, l.record_key, l.sequence)
        WHERE l.service = 'loader' AND l.attempt = 1
    ) failures
    GROUP BY run, stream
) e USING (run, stream);
COMMENT ON VIEW run_failures IS
    'The second book of each run: every failed change is refused (in no queue), retrying, recovered, superseded, permanently failed, or dropped by a person.';
