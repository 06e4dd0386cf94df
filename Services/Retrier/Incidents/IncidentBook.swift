import Failures
import Postgres

/// The rows of `incidents`: opened by failures, closed when the database owes nothing of their cause any more.
enum IncidentBook {
    /// Adds failures that were taken in; an incident that had closed opens anew.
    static func open(_ incidents: [Incident], in session: PostgresSession) throws(PostgresError) {
        for incident in incidents {
            try session.query(
                """
                INSERT INTO incidents AS i (id, pipeline, stream, error_type, error_code, table_name, column_name, constraint_name, first_seen, last_seen,
                    failures, sample_keys, sample_cells, longest, cure)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, retry_now(), retry_now(), $9::bigint, $10::text[], $11::text[], $12::bigint, $13)
                ON CONFLICT (id) DO UPDATE SET last_seen = retry_now(), failures = i.failures + excluded.failures,
                    opened = i.opened + CASE WHEN i.closed_at IS NULL THEN 0 ELSE 1 END, announced = i.announced AND i.closed_at IS NULL, closed_at = NULL,
                    longest = greatest(i.longest, excluded.longest), cure = excluded.cure,
                    sample_keys = CASE WHEN cardinality(i.sample_keys) < \(Incident.samplesMax) THEN (i.sample_keys || excluded.sample_keys)[1:\(Incident.samplesMax)]
                        ELSE i.sample_keys END,
                    sample_cells = CASE WHEN cardinality(i.sample_cells) < \(Incident.samplesMax) THEN (i.sample_cells || excluded.sample_cells)[1:\(Incident.samplesMax)]
                        ELSE i.sample_cells END
                """,
                [
                    .text(incident.id), .text(incident.pipeline), .text(incident.stream), .text(incident.category.rawValue), .text(incident.code),
                    incident.table.map { .text($0) }, incident.column.map { .text($0) }, incident.constraint.map { .text($0) }, .integer(incident.failures),
                    .texts(incident.keys), .texts(incident.cells), incident.longest.map { .integer($0) }, .text(incident.cure),
                ])
        }
    }

    /// Closes what nothing is owed for: no waiting entry, and no row of the books (a row refused by a constraint is in no queue).
    /// - Returns: how many.
    static func close(of pipelines: [String], in session: PostgresSession) throws(PostgresError) -> Int {
        try session.query(
            """
            UPDATE incidents i SET closed_at = retry_now(), announced = false
            WHERE closed_at IS NULL AND pipeline = ANY ($1::text[]) AND NOT EXISTS (SELECT FROM retry_queue q WHERE q.incident = i.id)
                AND NOT EXISTS (
                    SELECT FROM sync_rows r JOIN sync_error_log l
                        ON (l.pipeline, l.stream, l.record_key) = (r.pipeline, r.stream, r.key) AND l.sequence = r.owed
                    WHERE r.pipeline = i.pipeline AND r.stream = i.stream AND r.owed IS NOT NULL AND l.error_code = i.error_code
                        AND l.table_name IS NOT DISTINCT FROM i.table_name AND l.column_name IS NOT DISTINCT FROM i.column_name
                        AND l.constraint_name IS NOT DISTINCT FROM i.constraint_name)
            """, [.texts(pipelines)]
        ).affected
    }
}
