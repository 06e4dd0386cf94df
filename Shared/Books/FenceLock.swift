import Failures
import Postgres

/// The advisory lock that orders the beginning of a run against the applying of a batch (invariant 12).
///
/// A run raises its streams' fence under the lock's exclusive mode; a loader takes the shared mode in a statement of its own and then reads
/// the fence. So a batch either committed before the run read `sync_rows`, or it sees the new fence.
public enum FenceLock {
    /// First half of the lock's key, "Roll" in ASCII; the second is `sync_state.lock_id`.
    public static let lockClass: Int32 = 0x526F_6C6C

    /// Parameter: the stream's `lock_id`. Held until the transaction ends. It must be a statement of its own: in READ COMMITTED only the
    /// next statement's snapshot is younger than the lock.
    public static let sharedSQL = "SELECT pg_advisory_xact_lock_shared(\(lockClass), $1::integer)"

    /// Parameters: the stream's `lock_id`, the batch's run. Raises `RC003` if a newer run has begun, or the stream is unknown.
    public static let checkSQL = """
        SELECT rollcall_expect(coalesce((SELECT fence <= $2::bigint FROM sync_state WHERE lock_id = $1::integer), false), \
        '\(RollcallCode.fence.rawValue)', 'a newer run has begun')
        """

    /// Raises the fence of every stream of a run to its number; for the transaction that takes the lease and the number.
    ///
    /// Waits, up to `lock_timeout`, for batches under way.
    /// - Returns: the streams' `lock_id`s in the order given.
    @discardableResult public static func raise(
        pipeline: String, streams: [String], to run: Int64, in session: PostgresSession
    ) throws(PostgresError) -> [Int32] {
        var ids: [Int32] = []
        for stream in streams { ids.append(try lockId(pipeline: pipeline, stream: stream, in: session)) }
        for id in ids.sorted() {  // One order for everyone: no deadlocks.
            try session.query("SELECT pg_advisory_xact_lock($1::integer, $2::integer)", [.integer(Int64(lockClass)), .integer(Int64(id))])
        }
        try session.query(
            "UPDATE sync_state SET fence = $3, updated_at = clock_timestamp() WHERE pipeline = $1 AND stream = ANY ($2::text[]) AND fence < $3::bigint",
            [.text(pipeline), .texts(streams), .integer(run)])
        return ids
    }

    /// The stream's `lock_id`; a stream met for the first time gets its row of `sync_state`.
    public static func lockId(pipeline: String, stream: String, in session: PostgresSession) throws(PostgresError) -> Int32 {
        let select = "SELECT lock_id FROM sync_state WHERE pipeline = $1 AND stream = $2"
        let names: [PostgresValue?] = [.text(pipeline), .text(stream)]
        if let row = try session.query(select, names).first { return Int32(truncatingIfNeeded: try row.integer(0)) }
        try session.query("INSERT INTO sync_state (pipeline, stream) VALUES ($1, $2) ON CONFLICT DO NOTHING", names)
        return Int32(truncatingIfNeeded: try session.query(select, names).only().integer(0))
    }
}
