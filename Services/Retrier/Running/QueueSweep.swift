import Failures
import Postgres
import Schema

/// Finds by facts what became of waiting entries (the models' story H5: nobody's word for it decides).
enum QueueSweep {
    /// How many entries ended, or came back, in one sweep.
    struct Result: Sendable, Equatable {
        var recovered = 0
        var superseded = 0
        var released = 0
        var undecided = 0
        var closedIncidents = 0
        var isIdle: Bool { self == Result() }
    }

    /// Ends what the database settled: its own sequence landed, or a newer change is settled and nothing is owed.
    /// - Parameter sentOnly: looks at entries that were sent, which is cheap in a queue of any length; the others end by a run's doing.
    static func endSettled(of pipelines: [String], sentOnly: Bool = false, in session: PostgresSession) throws(PostgresError) -> (
        recovered: Int, superseded: Int
    ) {
        let rows = try session.query(
            """
            WITH ended AS (
                DELETE FROM retry_queue q USING sync_rows r
                WHERE q.pipeline = ANY ($1::text[]) AND (r.pipeline, r.stream, r.key) = (q.pipeline, q.stream, q.record_key)
                    AND r.sequence >= q.sequence AND (r.owed IS NULL OR r.sequence = q.sequence)\(sentOnly ? " AND q.status IN ('claimed', 'sent')" : "")
                RETURNING q.*, CASE WHEN r.sequence = q.sequence OR q.change IS NULL THEN 'recovered' ELSE 'superseded' END AS outcome
            ), logged AS (
                INSERT INTO retry_log (pipeline, stream, record_key, sequence, run, entry, outcome, attempt_count, error_type, error_code, first_failed_at)
                SELECT pipeline, stream, record_key, sequence, run, id, outcome, attempt_count, error_type, error_code, first_failed_at FROM ended
                ON CONFLICT DO NOTHING
            )
            SELECT count(*) FILTER (WHERE outcome = 'recovered'), count(*) FILTER (WHERE outcome = 'superseded') FROM ended
            """, [.texts(pipelines)]
        ).only()
        return (Int(try rows.integer(0)), Int(try rows.integer(1)))
    }

    /// Ends rows that waited for their source and that the newest run over everything could map, whatever it then did with them.
    static func endMapped(of pipelines: [String], in session: PostgresSession) throws(PostgresError) -> Int {
        Int(
            try session.query(
                """
                WITH newest AS (
                    SELECT DISTINCT ON (pipeline) pipeline, run FROM sync_runs
                    WHERE pipeline = ANY ($1::text[]) AND mode = 'full' AND status IN ('complete', 'complete_with_exceptions') ORDER BY pipeline, run DESC
                ), ended AS (
                    DELETE FROM retry_queue q USING newest n
                    WHERE (q.status = 'waits_for_source' OR q.status = 'dropped' AND q.change IS NULL) AND n.pipeline = q.pipeline AND n.run > q.run AND NOT EXISTS (
                        SELECT FROM sync_error_log l
                        WHERE l.pipeline = q.pipeline AND l.stream = q.stream AND l.record_key = q.record_key AND l.run = n.run AND l.service = 'extractor')
                    RETURNING q.*
                ), logged AS (
                    INSERT INTO retry_log (pipeline, stream, record_key, sequence, run, entry, outcome, attempt_count, error_type, error_code, first_failed_at)
                    SELECT pipeline, stream, record_key, sequence, run, id, 'recovered', attempt_count, error_type, error_code, first_failed_at FROM ended
                    ON CONFLICT DO NOTHING
                )
                SELECT count(*) FROM ended
                """, [.texts(pipelines)]
            ).only().integer(0))
    }

    /// Releases what waits for a column whose definition is another now, permanently failed entries too, spread by jitter over some seconds.
    /// - Parameter limit: of each column; more than are sent until the next sweep would only keep the database from other work.
    static func releaseCured(of pipelines: [String], upTo limit: Int = 1_000, in session: PostgresSession) throws(PostgresError) -> Int {
        let waiting = try session.query(
            """
            SELECT DISTINCT table_name, column_name FROM incidents
            WHERE column_name IS NOT NULL AND error_type IN ('field_length', 'data_type') AND closed_at IS NULL AND pipeline = ANY ($1::text[])
            """, [.texts(pipelines)])
        var released = 0
        for row in waiting {
            guard let table = row.optionalText(0), let quoted = quotedTable(table) else { continue }
            released += try session.query(
                """
                WITH present AS (
                    SELECT format_type(a.atttypid, a.atttypmod) AS definition FROM pg_attribute a
                    WHERE a.attrelid = to_regclass($1) AND a.attname = $2 AND NOT a.attisdropped
                ), cured AS (
                    SELECT q.id, definition FROM retry_queue q, present
                    WHERE q.table_name = $3 AND q.column_name = $2 AND (q.column_definition < definition OR q.column_definition > definition)
                        AND q.error_type IN ('field_length', 'data_type') AND q.status IN ('pending', 'permanently_failed')
                        AND q.releases < \(Release.releasesMax) AND q.pipeline = ANY ($4::text[])
                    LIMIT $5::bigint
                )
                UPDATE retry_queue q SET status = 'pending', budget_from = attempt_count + 1, releases = releases + 1, claims = 0,
                    next_retry_at = retry_now() + make_interval(secs => random() * 2), column_definition = cured.definition, updated_at = retry_now()
                FROM cured WHERE q.id = cured.id
                """, [.text(quoted), .text(try row.text(1)), .text(table), .texts(pipelines), .integer(Int64(limit))]
            ).affected
        }
        return released
    }

    /// How many entries may be sent within the next seconds, counted up to a limit.
    static func dueSoon(of pipelines: [String], upTo limit: Int, in session: PostgresSession) throws(PostgresError) -> Int {
        Int(
            try session.query(
                """
                SELECT count(*) FROM (
                    SELECT FROM retry_queue WHERE status = 'pending' AND next_retry_at <= (SELECT retry_now() + interval '2 s') AND pipeline = ANY ($1::text[])
                    ORDER BY next_retry_at LIMIT $2::bigint) soon
                """, [.texts(pipelines), .integer(Int64(limit))]
            ).only().integer(0))
    }

    /// Gives back attempts of which it is certain that nothing came (H8): the lease ran out, the loader has passed the record or the topic is
    /// another, and the books hold no failure of it, though the key is still owed.
    static func giveBackUndecided(of pipelines: [String], in session: PostgresSession) throws(PostgresError) -> Int {
        try session.query(
            """
            UPDATE retry_queue q SET status = 'pending', next_retry_at = least(q.next_retry_at, retry_now()), lease_token = NULL, lease_until = NULL,
                updated_at = retry_now()
            FROM sync_rows r
            WHERE q.lease_until < retry_now() AND q.pipeline = ANY ($1::text[]) AND (r.pipeline, r.stream, r.key) = (q.pipeline, q.stream, q.record_key) AND r.owed = q.sequence
                AND (q.status = 'claimed' OR q.status = 'sent' AND NOT EXISTS (
                        SELECT FROM sync_offsets o WHERE o.topic = q.topic AND o.partition = q.sent_partition
                            AND o.generation = q.sent_generation AND o.next_offset <= q.sent_offset)
                    AND NOT EXISTS (
                        SELECT FROM sync_error_log l WHERE l.pipeline = q.pipeline AND l.stream = q.stream AND l.record_key = q.record_key
                            AND l.sequence = q.sequence AND l.attempt = q.attempt_count + 1))
            """, [.texts(pipelines)]
        ).affected
    }
}
