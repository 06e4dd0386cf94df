import JSONText
import Postgres

/// A line of `sync_error_log`.
struct PastFailure: Sendable {
    var at: String
    var run: Int64, attempt: Int64
    var service: String, category: String, code: String
    var column: String?, columnDefinition: String?, cell: String?
    var message: String

    /// Those of a key, oldest first; of an open entry, those since it was opened: after the last failure that ended another entry.
    static func of(_ key: [PostgresValue?], since entry: WaitingEntry?, in session: PostgresSession) throws(PostgresError)
        -> (shown: [PastFailure], leftOut: Int64)
    {
        let rows = try session.query(
            """
            SELECT \(utcText("created_at")), run, attempt, service, error_type, error_code, column_name, column_definition, cell, message, count(*) OVER ()
            FROM sync_error_log
            WHERE (pipeline, stream, record_key) = ($1, $2, $3) AND ($4::text IS NULL OR coalesce(sequence, run << 32) > (
                SELECT coalesce(max(sequence), -1) FROM retry_log WHERE (pipeline, stream, record_key) = ($1, $2, $3) AND entry <> $4))
            ORDER BY created_at DESC, attempt DESC, id DESC LIMIT \(EntryHistory.linesMax)
            """, key + [entry.map { .text($0.id) }])
        var failures: [PastFailure] = []
        for row in rows.reversed() {
            failures.append(
                PastFailure(
                    at: try row.text(0), run: try row.integer(1), attempt: try row.integer(2), service: try row.text(3), category: try row.text(4),
                    code: try row.text(5), column: row.optionalText(6), columnDefinition: row.optionalText(7), cell: row.optionalText(8),
                    message: try row.text(9)))
        }
        return (failures, try rows.first.map { row throws(PostgresError) in try row.integer(10) - Int64(rows.count) } ?? 0)
    }

    var json: JSONObject {
        [
            "created_at": .string(at), "run": jsonNumber(run), "attempt": jsonNumber(attempt), "service": .string(service), "error_type": .string(category),
            "error_code": .string(code), "column_name": jsonText(column), "column_definition": jsonText(columnDefinition), "cell": jsonText(cell),
            "message": .string(message),
        ]
    }
}
