import Postgres

/// A row that a person can mend at its source: a line of `retrier export`. It holds no value of the row (invariant 10).
struct Reject: Sendable, Equatable {
    var pipeline: String, stream: String
    /// Nil when the row has no usable key.
    var key: String?
    var row: Int64?
    var cell: String?
    var field: String?
    var category: String
    /// A rule of the mapper, or a SQLSTATE.
    var rule: String
    /// In characters.
    var valueLength: Int64?
    var columnDefinition: String?
    var constraint: String?
    var message: String
    /// The row was never sent: its message is written for whoever mends the cell.
    var isUnsent: Bool

    static let header = ["pipeline", "stream", "key", "row", "cell", "field", "rule", "value_length", "column_definition", "suggestion"]

    /// In the order of `header`.
    var cells: [String] {
        [
            pipeline, stream, key ?? "", row.map { "\($0)" } ?? "", cell ?? "", field ?? "", rule, valueLength.map { "\($0)" } ?? "", columnDefinition ?? "",
            suggestion,
        ]
    }

    /// What to do at the source, in plain words.
    var suggestion: String {
        if isUnsent { return message }
        let name = constraint.map { " (constraint \($0))" } ?? ""
        switch (category, rule) {
        case ("field_length", _):
            guard let most = charactersMax else { return "Shorten the value, or have its column widened." }
            return "Shorten the text to \(most) characters" + (valueLength.map { " (it has \($0))" } ?? "") + ", or have its column widened."
        case ("data_type", _): return "Write a value that fits " + (columnDefinition.map { "the column's type, \($0)." } ?? "the column's type.")
        case ("constraint_violation", "23505"): return "Another row has this value already\(name); change one of the two."
        case ("constraint_violation", "23503"): return "The row it refers to is missing\(name); add that one, or correct the reference."
        case ("constraint_violation", "23502"): return "Fill in the cell; the column must not be blank."
        case ("constraint_violation", _): return "The row breaks a rule of the table\(name); correct it."
        default: return "Nothing to mend at the source is known; a person must look at \(rule)."
        }
    }

    /// Of `character varying(50)`.
    private var charactersMax: Int? {
        guard let definition = columnDefinition, definition.hasPrefix("character"), let open = definition.firstIndex(of: "(") else { return nil }
        return Int(definition[definition.index(after: open)...].prefix { $0 != ")" })
    }
}

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
