import Postgres

/// Rows the database still owes the source, counted by cause: equal code, table, column and constraint are one incident.
public struct WaitingRows: Sendable, Equatable {
    public var pipeline: String
    public var stream: String
    public var category: String?
    /// SQLSTATE or rule; nil when the log has no line for the row.
    public var code: String?
    public var table: String?
    public var column: String?
    /// As in `character varying(50)`.
    public var columnDefinition: String?
    public var constraint: String?
    public var rows: Int64
    /// How many of them are not in the table at all; the others hold an older version.
    public var neverLanded: Int64
    /// The longest refused value, in characters.
    public var longest: Int64?
    /// A few keys to look at.
    public var sampleKeys: String

    /// How many of them are being retried, were tried for the last time, and were let go by a person; the others are in no queue.
    public var retrying: Int64
    public var permanent: Int64
    public var dropped: Int64

    /// Those of which the next run tries each again.
    public var refused: Int64 { rows - retrying - permanent - dropped }

    /// What waits now by cause, the largest first.
    /// - Parameters:
    ///   - pipeline: only of this one; nil: of all. So with `category` and `key`.
    ///   - category: as in `error_type`.
    ///   - key: as in `record_key`.
    public static func of(
        pipeline: String? = nil, category: String? = nil, key: String? = nil, in session: PostgresSession
    ) throws(PostgresError) -> [WaitingRows] {
        let rows = try session.query(
            """
            SELECT w.pipeline, w.stream, w.error_type, w.error_code, w.table_name, w.column_name, w.column_definition, w.constraint_name, count(*) AS rows,
                count(*) FILTER (WHERE w.never_landed), max(w.value_length), array_to_string((array_agg(w.key ORDER BY w.key))[1:3], ', '),
                count(*) FILTER (WHERE w.status IN ('pending', 'claimed', 'sent')), count(*) FILTER (WHERE w.status = 'permanently_failed'),
                count(*) FILTER (WHERE w.status = 'dropped')
            FROM (
                -- Looked up for each row, not joined: a plan without statistics joins by a nested loop over the whole queue.
                SELECT *, (
                    SELECT q.status FROM retry_queue q
                    WHERE (q.pipeline, q.stream, q.record_key, q.sequence) = (r.pipeline, r.stream, r.key, r.owed)
                ) AS status
                FROM rows_waiting r
            ) w
            WHERE ($1::text IS NULL OR w.pipeline = $1) AND ($2::text IS NULL OR w.error_type = $2) AND ($3::text IS NULL OR w.key = $3)
            GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY rows DESC, 1, 2, 4, 6
            """, [pipeline.map { .text($0) }, category.map { .text($0) }, key.map { .text($0) }])
        var incidents: [WaitingRows] = []
        for row in rows {
            incidents.append(
                WaitingRows(
                    pipeline: try row.text(0), stream: try row.text(1), category: row.optionalText(2), code: row.optionalText(3), table: row.optionalText(4),
                    column: row.optionalText(5), columnDefinition: row.optionalText(6), constraint: row.optionalText(7), rows: try row.integer(8),
                    neverLanded: try row.integer(9), longest: try row.optionalInteger(10), sampleKeys: try row.text(11), retrying: try row.integer(12),
                    permanent: try row.integer(13), dropped: try row.integer(14)))
        }
        return incidents
    }
}
