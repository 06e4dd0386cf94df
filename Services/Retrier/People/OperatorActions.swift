import Postgres

/// Writes down what a person did, in the transaction that did it.
enum OperatorActions {
    static func record(_ action: String, of entries: [QueuedEntry], by person: String, reason: String, in session: PostgresSession) throws(PostgresError) {
        guard !entries.isEmpty else { return }
        try session.query(
            """
            INSERT INTO operator_actions (who, action, reason, pipeline, stream, record_key, entry)
            SELECT $1, $2, $3, * FROM unnest($4::text[], $5::text[], $6::text[], $7::text[])
            """,
            [
                .text(person), .text(action), .text(reason), .texts(entries.map(\.pipeline)), .texts(entries.map(\.stream)),
                .texts(entries.map(\.recordKey)), .texts(entries.map(\.id)),
            ])
    }
}
