import Postgres

/// Every row that waits for a person or a cure, from three books: what the newest whole read of each pipeline refused, what is in the queue,
/// and what is owed and in no queue. What a person dropped is left out.
struct RejectQuery: Sendable {
    var pipeline: String?

    private static let pageRows = 1000

    /// Hands the rows on page by page, in the order of the source.
    ///
    /// A cursor that outlives its transaction: the server keeps the answer, so no transaction stays open while a reader of the pages pauses.
    func run(in session: PostgresSession, _ page: ([Reject]) throws -> Void) throws {
        try session.query("DECLARE rejects NO SCROLL CURSOR WITH HOLD FOR \(RejectQuery.sql)", [pipeline.map { .text($0) }])
        while true {
            let rows = try session.query("FETCH \(RejectQuery.pageRows) FROM rejects")
            if rows.isEmpty { break }
            try page(try rows.map { row in try Reject(row) })
        }
        try session.query("CLOSE rejects")
    }

    private static let sql = """
        WITH newest AS (
            SELECT pipeline, max(run) AS run FROM sync_runs
            WHERE mode = 'full' AND status <> 'held' AND (certificate ->> 'complete')::boolean AND ($1::text IS NULL OR pipeline = $1) GROUP BY pipeline
        )
        SELECT l.pipeline, l.stream, l.record_key, l.row_number, l.cell, l.column_name, l.error_type, l.error_code, l.value_length, l.column_definition,
            l.constraint_name, l.message, true
        FROM newest JOIN sync_error_log l USING (pipeline, run)
        WHERE l.service = 'extractor' AND l.attempt = 0 AND NOT EXISTS (
            SELECT FROM retry_queue q WHERE (q.pipeline, q.stream, q.record_key) = (l.pipeline, l.stream, l.record_key) AND q.status = 'dropped')
        UNION ALL
        -- A row that was never sent has its lines above, unless a later run of some keys refused it; if that read lacks them, it is mended.
        SELECT q.pipeline, q.stream, q.record_key, q.origin_row, q.cell, q.column_name, q.error_type, q.error_code, q.value_length, q.column_definition,
            q.constraint_name, q.message, q.status = 'waits_for_source'
        FROM retry_queue q LEFT JOIN newest USING (pipeline)
        WHERE ($1::text IS NULL OR q.pipeline = $1) AND q.status <> 'dropped' AND NOT (q.status = 'waits_for_source' AND q.run <= coalesce(newest.run, 0))
        UNION ALL
        SELECT r.pipeline, r.stream, r.key, l.row_number, l.cell, l.column_name, coalesce(l.error_type, 'unknown'), coalesce(l.error_code, ''),
            l.value_length, l.column_definition, l.constraint_name, coalesce(l.message, ''), false
        FROM sync_rows r LEFT JOIN LATERAL (
            SELECT * FROM sync_error_log l
            WHERE (l.pipeline, l.stream, l.record_key, l.sequence) = (r.pipeline, r.stream, r.key, r.owed) ORDER BY l.attempt DESC LIMIT 1
        ) l ON true
        WHERE r.owed IS NOT NULL AND ($1::text IS NULL OR r.pipeline = $1)
            AND NOT EXISTS (SELECT FROM retry_queue q WHERE (q.pipeline, q.stream, q.record_key) = (r.pipeline, r.stream, r.key))
        ORDER BY 1, 2, 4 NULLS LAST, 3, 5, 6
        """
}

extension Reject {
    init(_ row: PostgresRow) throws(PostgresError) {
        self.init(
            pipeline: try row.text(0), stream: try row.text(1), key: row.optionalText(2), row: try row.optionalInteger(3), cell: row.optionalText(4),
            field: row.optionalText(5), category: try row.text(6), rule: try row.text(7), valueLength: try row.optionalInteger(8),
            columnDefinition: row.optionalText(9), constraint: row.optionalText(10), message: try row.text(11), isUnsent: try row.boolean(12))
    }
}
