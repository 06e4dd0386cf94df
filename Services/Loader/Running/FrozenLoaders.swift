import Postgres

/// Loaders that stopped in the middle of a batch and hold its locks: suspended, swapped out, cut off without a word.
///
/// No time-out of the server ends such a session: between two messages of a pipeline it counts as active, not as idle in a transaction, and
/// `transaction_timeout` is PostgreSQL 17's. So the loader that the group gave the partition to, and that waits for the lock, ends it. If it was
/// alive after all it loses nothing: its batch is rolled back, it connects again, and its compare-and-set decides (invariant 1).
enum FrozenLoaders {
    /// What every loader's session calls itself, by which others know it.
    static let applicationName = "rollcall-loader"

    /// Ends those that have waited for their client, inside a transaction, for `seconds` or longer.
    /// - Returns: how many there were.
    /// - Precondition: the session is not in pipeline mode and in no transaction.
    static func end(waitingFor seconds: Int, by session: PostgresSession) throws(PostgresError) -> Int {
        Int(try session.query(sql, [.text(applicationName), .integer(Int64(seconds))]).only().integer(0))
    }

    private static let sql = """
        SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE datname = current_database() AND usename = current_user AND application_name = $1 AND pid <> pg_backend_pid()
            AND wait_event = 'ClientRead' AND xact_start < clock_timestamp() - make_interval(secs => $2::integer)
        """
}
