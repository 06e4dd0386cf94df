import JSONText
import Postgres
import Reporting

/// Rows that wait for one and the same reason: a line above the entries of `retrier list`.
struct WaitingCause: Sendable {
    /// Nil when no incident was opened for it (yet).
    var incident: String?
    var pipeline: String, stream: String
    /// Nil when the log has no line for the rows.
    var category: String?, code: String?
    var table: String?, column: String?, constraint: String?
    var rows: Int64
    /// How many have which status; none for rows that are in no queue.
    var statuses: [(word: String, rows: Int64)]
    /// In words; empty if nobody knows one.
    var cure: String

    static let causesMax = 100

    /// The causes of queued entries, the largest first.
    static func queued(_ filter: EntryFilter, in session: PostgresSession) throws(PostgresError) -> [WaitingCause] {
        let words = RetryEntry.Status.allCases.map(\.rawValue)
        let counts = words.map { "count(*) FILTER (WHERE q.status = '\($0)')" }.joined(separator: ", ")
        let rows = try session.query(
            """
            SELECT c.*, coalesce(i.cure, '') FROM (
                SELECT q.incident, q.pipeline, q.stream, q.error_type, q.error_code, q.table_name, q.column_name, q.constraint_name, count(*) AS rows, \(counts)
                FROM retry_queue q WHERE \(EntryFilter.sql) GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
            ) c LEFT JOIN incidents i ON i.id = c.incident
            ORDER BY c.rows DESC, c.incident LIMIT \(causesMax)
            """, filter.parameters)
        var causes: [WaitingCause] = []
        for row in rows {
            var cause = try WaitingCause(row, cure: try row.text(9 + words.count))
            for (place, word) in words.enumerated() {
                let number = try row.integer(9 + place)
                if number > 0 { cause.statuses.append((word, number)) }
            }
            causes.append(cause)
        }
        return causes
    }

    /// The causes of rows that are owed and in no queue: a constraint or the table's shape refuses them and each run sends them again, or the
    /// retrier has not taken their failures in yet.
    /// - Parameter filter: its status is not asked for: these rows have none.
    static func unqueued(_ filter: EntryFilter, in session: PostgresSession) throws(PostgresError) -> [WaitingCause] {
        let rows = try session.query(
            """
            SELECT i.id, c.*, coalesce(i.cure, '') FROM (
                SELECT w.pipeline, w.stream, w.error_type, w.error_code, w.table_name, w.column_name, w.constraint_name, count(*) AS rows
                FROM rows_waiting w
                WHERE ($1::text IS NULL OR w.pipeline = $1) AND ($2::text IS NULL OR w.error_type = $2) AND ($3::timestamptz IS NULL OR w.created_at >= $3)
                    AND NOT EXISTS (SELECT FROM retry_queue q WHERE (q.pipeline, q.stream, q.record_key) = (w.pipeline, w.stream, w.key))
                GROUP BY 1, 2, 3, 4, 5, 6, 7
            ) c
            LEFT JOIN incidents i ON (i.pipeline, i.stream, i.error_code) = (c.pipeline, c.stream, c.error_code)
                AND i.table_name IS NOT DISTINCT FROM c.table_name AND i.column_name IS NOT DISTINCT FROM c.column_name
                AND i.constraint_name IS NOT DISTINCT FROM c.constraint_name
            WHERE $4::text IS NULL OR i.id = $4
            ORDER BY c.rows DESC, c.pipeline, c.stream, c.error_code LIMIT \(causesMax)
            """, [filter.parameters[0], filter.parameters[1], filter.parameters[4], filter.parameters[3]])
        var causes: [WaitingCause] = []
        for row in rows { causes.append(try WaitingCause(row, cure: try row.text(9))) }
        return causes
    }

    private init(_ row: PostgresRow, cure: String) throws(PostgresError) {
        (incident, pipeline, stream) = (row.optionalText(0), try row.text(1), try row.text(2))
        (category, code, table) = (row.optionalText(3), row.optionalText(4), row.optionalText(5))
        (column, constraint, rows) = (row.optionalText(6), row.optionalText(7), try row.integer(8))
        (statuses, self.cure) = ([], cure)
    }

    /// `356 rows of buyers/buyers: field_length 22001 at buyers.latest_status; 300 pending and 56 permanently_failed`, the cure on a line of its own.
    var text: String {
        let place = [table, column].compactMap(\.self).joined(separator: ".")
        let reason = category.map { "\($0) \(code ?? "")" } ?? "the log has no line for them"
        let states = statuses.isEmpty ? "in no queue" : listed(statuses.map { "\(grouped($0.rows)) \($0.word)" }, limit: 6)
        var lines = ["\(count(rows, "row")) of \(pipeline)/\(stream): \(reason)" + (place.isEmpty ? "" : " at \(place)")]
        if let constraint { lines[0] += ", constraint \(constraint)" }
        lines[0] += "; \(states)"
        if !cure.isEmpty { lines.append("    cure: \(cure)") }
        if let incident { lines.append("    incident: \(incident)") }
        return lines.joined(separator: "\n")
    }

    var json: JSONObject {
        var states = JSONObject()
        for state in statuses { states[state.word] = jsonNumber(state.rows) }
        return [
            "incident": jsonText(incident), "pipeline": .string(pipeline), "stream": .string(stream), "error_type": jsonText(category),
            "error_code": jsonText(code), "table_name": jsonText(table), "column_name": jsonText(column), "constraint_name": jsonText(constraint),
            "rows": jsonNumber(rows), "queued": .bool(!statuses.isEmpty), "statuses": .object(states), "cure": cure.isEmpty ? .null : .string(cure),
        ]
    }
}
