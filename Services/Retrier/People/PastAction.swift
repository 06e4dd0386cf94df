import JSONText
import Postgres

/// A line of `operator_actions`.
struct PastAction: Sendable {
    var at: String, who: String, action: String, entry: String, reason: String

    static func of(_ key: [PostgresValue?], in session: PostgresSession) throws(PostgresError) -> [PastAction] {
        let rows = try session.query(
            """
            SELECT \(utcText("at")), who, action, entry, reason FROM operator_actions
            WHERE (pipeline, stream, record_key) = ($1, $2, $3) ORDER BY id DESC LIMIT \(EntryHistory.linesMax)
            """, key)
        var actions: [PastAction] = []
        for row in rows.reversed() {
            actions.append(PastAction(at: try row.text(0), who: try row.text(1), action: try row.text(2), entry: try row.text(3), reason: try row.text(4)))
        }
        return actions
    }

    var json: JSONObject {
        ["at": .string(at), "who": .string(who), "action": .string(action), "entry": .string(entry), "reason": .string(reason)]
    }
}
