import JSONText
import Postgres

/// A line of `retry_log`: how an earlier failure of the key ended.
struct PastEnd: Sendable {
    var at: String, outcome: String, entry: String, code: String
    var run: Int64, attempts: Int64

    static func of(_ key: [PostgresValue?], in session: PostgresSession) throws(PostgresError) -> [PastEnd] {
        let rows = try session.query(
            """
            SELECT \(utcText("ended_at")), outcome, entry, error_code, run, attempt_count FROM retry_log
            WHERE (pipeline, stream, record_key) = ($1, $2, $3) ORDER BY sequence DESC LIMIT \(EntryHistory.linesMax)
            """, key)
        var ends: [PastEnd] = []
        for row in rows.reversed() {
            ends.append(
                PastEnd(
                    at: try row.text(0), outcome: try row.text(1), entry: try row.text(2), code: try row.text(3), run: try row.integer(4),
                    attempts: try row.integer(5)))
        }
        return ends
    }

    var json: JSONObject {
        [
            "ended_at": .string(at), "outcome": .string(outcome), "entry": .string(entry), "error_code": .string(code), "run": jsonNumber(run),
            "attempt_count": jsonNumber(attempts),
        ]
    }
}
