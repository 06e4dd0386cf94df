import Hashing
import Pipelines
import Postgres
import Records
import Schema

/// Reads what the database settled about every key of a stream (`sync_rows`), what of it waits (`retry_queue`), and whether the target table
/// still has the row.
///
/// It is read after the run raised its fence (invariant 12): no older run can settle anything afterwards.
struct SettledRows: Sendable {
    let pipeline: String
    let stream: String
    let table: String
    let key: [String]
    /// Whether keys of the target table are written as record keys are, so that a row lost from it by hand is seen.
    let seesTarget: Bool
    /// Makes this run's fingerprints others than the last run's.
    let seed: UInt64
    /// All bits; tests take few, so that keys meet.
    var fingerprintBits: UInt64 = .max

    func fingerprint(_ key: UnsafeRawBufferPointer) -> UInt64 { xxh3(key, seed: seed) & fingerprintBits }

    /// All of them, as fingerprints.
    func table(_ session: PostgresSession) throws -> KeyTable {
        var keys = KeyTable()
        try each(session) { key, settled in
            // A coincidence is remembered by the table.
            _ = keys.settle(fingerprint(key), hash: settled.hash, settled.state)
        }
        return keys
    }

    /// Those of a few keys, exactly.
    func settled(_ keys: [RecordKey], _ session: PostgresSession) throws -> [(RecordKey, SuspectKeys.Settled)] {
        let rows = try session.query(
            "SELECT key, hash, owed, deleted, present, queued FROM (\(try query())) known WHERE key = ANY ($1::text[])",
            [.texts(keys.map(\.text))])
        return try rows.map { row in
            let settled = SettledRows.decide(
                hash: try row.optionalInteger(1), isOwed: try row.boolean(2), isDeleted: try row.boolean(3), isPresent: try row.boolean(4),
                queued: try row.optionalInteger(5))
            return (RecordKey(encoded: try row.text(0)), settled)
        }
    }

    /// Calls `take` with each key; its bytes are only lent for the call.
    func each(_ session: PostgresSession, _ take: (UnsafeRawBufferPointer, SuspectKeys.Settled) throws -> Void) throws {
        try session.copyOut(try query()) { row in
            guard let key = try row.next() else { return }
            let hash = try row.nextInteger()
            let (isOwed, isDeleted, isPresent) = (try row.nextBoolean(), try row.nextBoolean(), try row.nextBoolean())
            let queued = try row.nextInteger()
            try take(key, SettledRows.decide(hash: hash, isOwed: isOwed == true, isDeleted: isDeleted == true, isPresent: isPresent != false, queued: queued))
        }
    }

    /// Names the stream in the session, since COPY takes no parameters.
    func prepare(_ session: PostgresSession) throws {
        try session.query("SELECT set_config('rollcall.pipeline', $1, false), set_config('rollcall.stream', $2, false)", [.text(pipeline), .text(stream)])
        // The look into the queue makes the planner think of hours, and compile for a quarter of a second what then runs for less.
        try session.query("SET jit = off")
    }

    /// What a row of `sync_rows` means for the next change of its key.
    ///
    /// - Parameter queued: the hash of the owed change, if that very change stands in the retry queue and could land from there.
    static func decide(hash: Int64?, isOwed: Bool, isDeleted: Bool, isPresent: Bool, queued: Int64?) -> SuspectKeys.Settled {
        var state: KeyTable.Settled = []
        if hash != nil, !isDeleted, isPresent {
            state.insert(.landed)
            if !isOwed { state.insert(.comparable) }  // Invariant 13.
        }
        if !isDeleted || isOwed { state.insert(.deletable) }  // Invariant 7 considers every key that is not a settled tombstone.
        if isOwed, let queued {
            state.insert(.waits)
            return SuspectKeys.Settled(hash: UInt64(bitPattern: queued), state: state)
        }
        return SuspectKeys.Settled(hash: UInt64(bitPattern: hash ?? 0), state: state)
    }

    /// Invariant 13: an entry counts if it is of exactly the owed change. One that a partial change has passed since can land no more (invariants 3
    /// and 6): that row is sent whole. Asked for each owed row by the queue's key, not joined: a queue that filled faster than statistics follow was
    /// joined by a nested loop over all of it, which took minutes.
    private func query() throws -> String {
        let known = """
            FROM sync_rows r
            \(seesTarget ? "LEFT JOIN (SELECT \(try recordKey()) AS target_key FROM \(try TableDefinition.quoted(table))) t ON t.target_key = r.key" : "")
            WHERE r.pipeline = current_setting('rollcall.pipeline') AND r.stream = current_setting('rollcall.stream')
            """
        return """
            SELECT r.key, r.hash, r.owed IS NOT NULL AS owed, r.deleted_at IS NOT NULL AS deleted, \(seesTarget ? "t.target_key IS NOT NULL" : "true") AS present,
                CASE WHEN r.sequence < r.owed THEN (
                    SELECT q.hash FROM retry_queue q
                    WHERE (q.pipeline, q.stream, q.record_key, q.sequence) = (r.pipeline, r.stream, r.key, r.owed) AND q.status <> 'waits_for_source'
                ) END AS queued
            \(known)
            """
    }

    /// The record key of a target row in SQL: `RecordKey` writes it so.
    private func recordKey() throws -> String {
        try key.map { column in
            "replace(replace(replace(\(try Identifier(column).quoted)::text, '%', '%25'), '/', '%2F'), '@', '%40') COLLATE \"C\""
        }.joined(separator: " || '/' || ")
    }
}
