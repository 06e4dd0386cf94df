import Books
import Postgres

/// Another run of the pipeline has begun; what this one would still do is its business now.
struct RunFenced: Error, CustomStringConvertible {
    let run: Int64
    let by: Int64
    var description: String { "run \(by) began before run \(run) was over, and took its place" }
}

/// How a run's line in `sync_runs` is closed.
struct RunClosing: Sendable {
    var word: ClosingWord
    var summary: String
    var guardWords: String?
    var planHash: String?
    /// By stream; taken over into `sync_state` when the run passed.
    var headers: [String: String] = [:]
    /// Rows settled by this run, for `sync_state`.
    var records = 0
    var seconds = 0.0
}

extension RunLedger {
    /// Closes the run, if it still holds the fence, and gives the lease back.
    ///
    /// - Throws: `RunFenced` if another run has begun; that one has closed this one's line.
    func close(_ run: Int64, lease: Lease, _ closing: RunClosing) async throws {
        try await database.perform { session in
            try session.transaction {
                try requireFence(run, in: session)
                let closed = try session.query(
                    """
                    UPDATE sync_runs SET status = $2, closed_at = clock_timestamp(), summary = $3, guard = $4, plan_hash = $5,
                        balanced_at = CASE WHEN $2 IN ('complete', 'complete_with_exceptions', 'partial') THEN clock_timestamp() END
                    WHERE run = $1 AND status = 'running'
                    """,
                    [
                        .integer(run), .text(closing.word.rawValue), .text(closing.summary), closing.guardWords.map { .text($0) },
                        closing.planHash.map { .text($0) },
                    ])
                guard closed.affected == 1 else { throw PostgresError(kind: .unexpectedAnswer, problem: "Run \(run) is no longer running in sync_runs") }
                try session.query(
                    """
                    UPDATE sync_state SET last_run = $2, records_synced = $3, duration_seconds = $4::double precision, updated_at = clock_timestamp()
                    WHERE pipeline = $1 AND stream = ANY ($5::text[])
                    """,
                    [.text(pipeline), .integer(run), .integer(Int64(closing.records)), .text(String(closing.seconds)), .texts(streams)])
                if closing.word.passed {
                    for (stream, header) in closing.headers {
                        try session.query(
                            "UPDATE sync_state SET header_fingerprint = $3 WHERE pipeline = $1 AND stream = $2",
                            [.text(pipeline), .text(stream), .text(header)])
                    }
                }
                try lease.release(in: session)
            }
        }
    }

    /// Locks the streams' lines of `sync_state`, so that no run can begin until this transaction is over, and checks that none has.
    func requireFence(_ run: Int64, in session: PostgresSession) throws {
        let fences = try session.query(
            "SELECT fence FROM sync_state WHERE pipeline = $1 AND stream = ANY ($2::text[]) ORDER BY stream FOR UPDATE",
            [.text(pipeline), .texts(streams)])
        for row in fences {
            let fence = try row.integer(0)
            if fence != run { throw RunFenced(run: run, by: fence) }
        }
    }
}
