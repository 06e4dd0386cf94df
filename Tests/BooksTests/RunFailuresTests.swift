import Books
import Postgres
import TestSupport
import Testing

@Suite(.oneDatabase) struct RunFailuresTests {
    /// How one failed change ended.
    private enum Ending: CaseIterable { case refused, retrying, recovered, superseded, permanent, dropped, unlogged }

    @Test(
        "Every failed change is refused, retrying, recovered, superseded, permanent or dropped, and one of them only", .tags(.property),
        arguments: 1...100 as ClosedRange<UInt64>)
    func secondBook(seed: UInt64) throws {
        let session = try ScratchDatabase.ofSuite().session()
        try session.query("BEGIN")  // Never committed: each case has the books to itself.
        var random = SeededGenerator(seed)
        var endings: [Ending: Int64] = [:]
        let failed = Int64.random(in: 1...12, using: &random)
        for number in 1...failed {
            let ending = Ending.allCases.randomElement(using: &random) ?? .refused
            endings[ending, default: 0] += 1
            try enter(Change(key: "\(number)", sequence: 1 << 32 + number), ending, &random, session)
        }
        let partition = Int64.random(in: 1...failed, using: &random)
        try session.query(
            """
            INSERT INTO run_tallies (run, stream, partition, highest_ordinal, inserted, failed) VALUES (1, 's', 0, 99, 5, $1), (1, 's', 1, 99, 5, $2), (2, 's', 0, 9, 9, 0)
            """, [.integer(partition), .integer(failed - partition)])
        let book = try RunFailures.of(run: 1, in: session)
        #expect(
            book
                == RunFailures(
                    failed: failed, refused: endings[.refused] ?? 0, retrying: endings[.retrying] ?? 0, recovered: endings[.recovered] ?? 0,
                    superseded: endings[.superseded] ?? 0, permanent: endings[.permanent] ?? 0, dropped: endings[.dropped] ?? 0), "seed \(seed)")
        #expect(book.unexplained == endings[.unlogged] ?? 0)
        #expect(try session.query("SELECT explained FROM run_failures WHERE run = 1").only().boolean(0) == (endings[.unlogged] == nil))
        #expect(try RunFailures.of(run: 2, in: session) == RunFailures(failed: 0))
        #expect(try RunFailures.of(run: 3, in: session) == RunFailures(failed: 0))
    }

    private struct Change {
        var key: String
        var sequence: Int64
    }

    /// Writes what loader and retrier write of a change that failed at first and ended so.
    private func enter(_ change: Change, _ ending: Ending, _ random: inout SeededGenerator, _ session: PostgresSession) throws {
        let isOwed = ending != .recovered && ending != .superseded
        let newer = change.sequence + 1 << 32
        // A superseded change was passed by a newer one that landed, or that is owed itself.
        let owesNewer = ending == .superseded && Bool.random(using: &random)
        let landed = ending == .recovered ? change.sequence : ending == .superseded && !owesNewer ? newer : 0
        try session.query(
            "INSERT INTO sync_rows (pipeline, stream, key, sequence, hash, owed, run, synced_at) VALUES ('p', 's', $1, $2, $3, $4, 1, now())",
            [
                .text(change.key), .integer(landed), landed == 0 ? nil : .integer(7),
                isOwed ? .integer(change.sequence) : owesNewer ? .integer(newer) : nil,
            ])
        if ending != .unlogged {
            // The first failure, and those of its retries, which are counted nowhere.
            for attempt in 1...Int64.random(in: 1...4, using: &random) { try log(change, attempt, session) }
        }
        switch ending {
        case .retrying: try queue(change, ["pending", "claimed", "sent"].randomElement(using: &random) ?? "", session)
        case .permanent: try queue(change, "permanently_failed", session)
        case .dropped: try queue(change, "dropped", session)
        case .refused, .unlogged, .superseded:
            // An entry of the key, but of another change.
            if Bool.random(using: &random) { try queue(Change(key: change.key, sequence: owesNewer ? newer : change.sequence - 1), "pending", session) }
        case .recovered: break
        }
    }

    private func log(_ change: Change, _ attempt: Int64, _ session: PostgresSession) throws {
        try session.query(
            """
            INSERT INTO sync_error_log (id, pipeline, stream, run, service, record_key, sequence, attempt, error_type, error_code, message, retryable)
            VALUES ($1, 'p', 's', 1, 'loader', $2, $3, $4, 'field_length', '22001', 'm', true)
            """, [.text("\(change.key)#\(attempt)"), .text(change.key), .integer(change.sequence), .integer(attempt)])
    }

    private func queue(_ change: Change, _ status: String, _ session: PostgresSession) throws {
        try session.query(
            """
            INSERT INTO retry_queue (id, pipeline, stream, record_key, run, sequence, change, error_type, error_code, message, incident, status,
                attempt_count, budget_from, next_retry_at, lease_token, lease_until, first_failed_at, last_failed_at)
            VALUES ($1, 'p', 's', $1, 1, $2, '{}', 'field_length', '22001', 'm', 'i', $3, 1, 1, now(), gen_random_uuid(), now(), now(), now())
            """, [.text(change.key), .integer(change.sequence), .text(status)])
    }
}
