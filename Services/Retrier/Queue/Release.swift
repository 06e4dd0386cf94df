import Postgres

/// Begins a new schedule for entries whose cause was cured, or that a person wants tried again (the one statement for both).
///
/// An attempt already under way is left alone, and so is an entry that waits for its source, or did before it was
/// dropped: there is nothing to send. Attempt numbers go on: a release is a new budget.
enum Release {
    /// How often one entry may begin anew; after that something releases it in vain, and a person must look.
    static let releasesMax = 20

    /// An entry that was released.
    struct Released: Sendable, Equatable {
        var id: String
        var pipeline: String
        var stream: String
        var recordKey: String
    }

    /// - Returns: those of `ids` that are pending now.
    static func entries(_ ids: [String], in session: PostgresSession) throws(PostgresError) -> [Released] {
        let rows = try session.query(
            """
            UPDATE retry_queue SET status = 'pending', budget_from = attempt_count + 1, releases = releases + 1, claims = 0, next_retry_at = retry_now(),
                lease_token = NULL, lease_until = NULL, updated_at = retry_now()
            WHERE id = ANY ($1::text[]) AND status IN ('pending', 'permanently_failed', 'dropped') AND releases < \(releasesMax)
                AND change IS NOT NULL
            RETURNING id, pipeline, stream, record_key
            """, [.texts(ids)])
        var released: [Released] = []
        for row in rows {
            released.append(Released(id: try row.text(0), pipeline: try row.text(1), stream: try row.text(2), recordKey: try row.text(3)))
        }
        return released
    }
}
