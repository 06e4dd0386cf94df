import Failures
import Kafka
import Postgres
import Records
import TestSupport
import Testing

@testable import Retrier

/// Stories that went wrong in the models before the rules of the queue were made. "Seen to fail without" was seen, with that cure alone taken out;
/// "guards" says what a story is for where that is still to be tried.
@Suite(.oneDatabase, .serialized) struct RetryStoryTests {
    // Seen to fail without: `QueueSweep.endSettled` (outcome records decide nothing).
    @Test func `H5: what landed ends its entry though nobody told, also by a newer change`() throws {
        let bench = try QueueBench("h5")
        let (first, second) = (bench.change("1", "B", run: 1), bench.change("2", "B", run: 1, ordinal: 2))
        try bench.takeIn(try bench.refuse(first), try bench.refuse(second))
        try bench.pass(60)
        for claim in try bench.claim() { try bench.markSent(claim) }
        try bench.land(first)  // The loader dies before it says so.
        try bench.land(bench.change("2", "C", run: 2))
        #expect(try bench.sweep().recovered == 1)
        #expect(try bench.statuses == [])
        let outcomes = try bench.session.query("SELECT outcome FROM retry_log WHERE pipeline = $1 ORDER BY record_key", [.text(bench.pipeline)])
        #expect(try outcomes.map { try $0.text(0) } == ["recovered", "superseded"])
    }

    // Seen to fail without: the claim's `r.owed = q.sequence`.
    @Test func `H5: an entry that is not what is owed any more is not tried, while a newer failure is on its way`() throws {
        let bench = try QueueBench("h5b")
        try bench.takeIn(try bench.refuse(bench.change("1", "B", run: 1)))
        let newer = try bench.refuse(bench.change("1", "C", run: 2))
        try bench.pass(3_600)
        #expect(try bench.claim().isEmpty)
        try bench.takeIn(newer)
        try bench.pass(60)
        #expect(try bench.claim().map(\.attempt) == [2])
    }

    // Seen to fail without `entry?.sequence == sequence` in `admit`.
    @Test func `H7: an attempt that failed counts, though a later run has found the same bad row meanwhile`() throws {
        let bench = try QueueBench("h7")
        try bench.takeIn(try bench.refuse(bench.change("1", "B", run: 1)))
        try bench.pass(60)
        var failures: [KafkaRecord] = []
        _ = try bench.attempt { failures.append(try bench.refuse($0)) }
        failures.append(try bench.refuse(bench.change("1", "B", run: 2)))
        for failure in failures { try bench.takeIn(failure) }
        #expect(try bench.number("SELECT attempt_count FROM retry_queue WHERE pipeline = $1") == 2)
        try bench.pass(299)
        #expect(try bench.claim().isEmpty, "the later run's failure begins no schedule")
        try bench.pass(1)
        #expect(try bench.claim().map(\.attempt) == [3])
    }

    // Seen to fail without: `guard let countedAt` in `admit`.
    @Test func `H6: a failure that never committed is dropped, and one the loader has not passed waits`() throws {
        let bench = try QueueBench("h6")
        let phantom = try bench.refuse(bench.change("1", "B", run: 1), commits: false)
        #expect(try bench.takeIn(phantom).phantoms == 1)
        let refused = try bench.refuse(bench.change("2", "B", run: 1, ordinal: 2))
        // The loader's transaction is not seen yet: neither its position nor its line.
        try bench.session.query("UPDATE sync_offsets SET next_offset = 1 WHERE topic = $1", [.text("h6.changes")])
        #expect(try bench.takeIn(refused).taken == 0)
        try bench.session.query("UPDATE sync_offsets SET next_offset = 2 WHERE topic = $1", [.text("h6.changes")])
        #expect(try bench.takeIn(refused) == IntakeTransaction.Result(taken: 1, queued: 1))
        #expect(try bench.statuses == ["pending"])
    }

    // Seen to fail without: the proof in `giveBackUndecided` (an attempt counts when its failure is proven, not when its lease ran out).
    @Test func `H8: a lease that runs out spends no attempt, and a sent one waits until the loader has passed it`() throws {
        let bench = try QueueBench("h8")
        let change = bench.change("1", "B", run: 1)
        try bench.takeIn(try bench.refuse(change))
        try bench.pass(60)
        let first = try #require(try bench.claim().first)
        try bench.pass(31)
        #expect(try bench.sweep().undecided == 1)  // It died before it sent.
        let second = try #require(try bench.claim().first)
        #expect(first.attempt == 2 && second.attempt == 2 && first.token != second.token)
        #expect(try !bench.markSent(first), "a late finisher changes nothing")
        #expect(try bench.markSent(second))
        try bench.pass(100_000)
        #expect(try bench.sweep().undecided == 0, "the loader is down; the record waits in its topic")
        #expect(try bench.claim().isEmpty)
        let failure = try bench.refuse(try Claims.record(of: second))
        #expect(try bench.sweep().undecided == 0, "its failure is on its way")
        try bench.takeIn(failure)
        #expect(try bench.number("SELECT attempt_count FROM retry_queue WHERE pipeline = $1") == 2)
        #expect(try bench.number("SELECT claims FROM retry_queue WHERE pipeline = $1") == 0)
    }

    // Seen to fail without the bound in `Claims.take`.
    @Test func `H8: an attempt that is claimed again and again in vain is told as the retrier's fault and not the row's`() throws {
        let bench = try QueueBench("h8s")
        try bench.takeIn(try bench.refuse(bench.change("1", "B", run: 1)))
        try bench.pass(60)
        for _ in 0..<Claims.claimsMax {
            #expect(try Announcements.stuck(of: ["h8s"], in: bench.session) == [:])
            #expect(try bench.claim().map(\.attempt) == [2])
            try bench.pass(31)
            try bench.sweep()
        }
        #expect(try bench.claim().isEmpty)
        #expect(try Announcements.stuck(of: ["h8s"], in: bench.session) == ["h8s": 1])
        #expect(try bench.number("SELECT attempt_count FROM retry_queue WHERE pipeline = $1") == 1)
        #expect(try Release.entries([try #require(try bench.text("SELECT id FROM retry_queue WHERE pipeline = $1"))], in: bench.session).count == 1)
        #expect(try bench.claim().map(\.attempt) == [2])
    }

    // Seen to fail without the generation in `giveBackUndecided`.
    @Test func `H8: an attempt that was lost with its topic is sent again, with its number`() throws {
        let bench = try QueueBench("h8t")
        try bench.takeIn(try bench.refuse(bench.change("1", "B", run: 1)))
        try bench.pass(60)
        for claim in try bench.claim() { try bench.markSent(claim) }
        try bench.session.query("UPDATE sync_offsets SET next_offset = 0, generation = 2 WHERE topic = 'h8t.changes'")
        try bench.pass(31)
        #expect(try bench.sweep().undecided == 1)
        #expect(try bench.claim().map(\.attempt) == [2])
    }

    // Seen to fail without `releasedByCure` at intake, and without `releaseCured` in the sweep.
    @Test func `H11: a cure between the refusal and its intake is seen, and so is one long after the last attempt`() throws {
        let bench = try QueueBench("h11")
        try bench.session.runScript("CREATE TABLE cured (id text PRIMARY KEY, remarks varchar(50)); DROP TABLE buyers; ALTER TABLE cured RENAME TO buyers")
        defer { do { try bench.session.runScript("ALTER TABLE buyers ALTER remarks TYPE varchar(50)") } catch { Issue.record(error) } }
        let (early, late) = (bench.change("early", "B", run: 1), bench.change("late", "B", run: 1, ordinal: 2))
        try bench.takeIn(try bench.refuse(late))
        for _ in 0..<3 {
            try bench.pass(2_000)
            _ = try bench.attempt { try bench.takeIn(try bench.refuse($0)) }
        }
        #expect(try bench.statuses == ["permanently_failed"])
        let failure = try bench.refuse(early)
        try bench.session.runScript("ALTER TABLE buyers ALTER remarks TYPE text")
        try bench.takeIn(failure)
        #expect(try bench.claim().map(\.attempt) == [2], "at once, since the column is another than the failure met")
        #expect(try bench.sweep().released == 1)
        try bench.pass(3)
        let claims = try bench.claim()
        #expect(claims.map(\.attempt) == [5], "attempt numbers only rise")
        #expect(try bench.sweep().released == 0, "one cure releases once")
        // Refused all the same: a new budget of three begins, and after it one more permanent failure.
        for claim in claims { try bench.takeIn(try bench.refuse(try Claims.record(of: claim), definition: "text")) }
        var attempts: [Int] = []
        for _ in 0..<4 {
            try bench.pass(2_000)
            _ = try bench.attempt { change in
                attempts.append(change.attempt)
                try bench.takeIn(try bench.refuse(change, definition: "text"))
            }
        }
        #expect(attempts == [6, 7, 8])
    }

    @Test func `a cure of many is released by and by`() throws {
        let bench = try QueueBench("many")
        for key in 1...3 { try bench.takeIn(try bench.refuse(bench.change("\(key)", "B", run: 1, ordinal: UInt32(key)), definition: "character varying(9)")) }
        try bench.session.query("UPDATE retry_queue SET column_definition = 'character varying(9)', next_retry_at = '2100-01-01' WHERE pipeline = 'many'")
        #expect(try [2, 2, 2].map { try QueueSweep.releaseCured(of: ["many"], upTo: $0, in: bench.session) } == [2, 1, 0])
        try bench.pass(3)
        #expect(try bench.claim().count == 3)
    }

    @Test func `an entry is held by one of several retriers, and all of them together keep to the rate`() throws {
        let bench = try QueueBench("two")
        for key in 1...40 { try bench.takeIn(try bench.refuse(bench.change("\(key)", "B", run: 1, ordinal: UInt32(key)))) }
        try bench.pass(60)
        let other = try ScratchDatabase.ofSuite().session()
        try bench.session.query("UPDATE retry_rate SET tokens = 0, refilled_at = retry_now()")
        var held: [Claim] = []
        for second in 1...4 {
            try bench.pass(1)
            for session in [bench.session, other] {
                held += try Claims.take(upTo: 100, ratePerSecond: 10, lease: .seconds(600), pipelines: ["two"], in: session)
            }
            #expect(held.count == second * 10)
        }
        #expect(Set(held.map(\.id)).count == 40)
        try bench.pass(1_000_000)
        #expect(try Claims.take(upTo: 100, ratePerSecond: 10, lease: .seconds(600), pipelines: ["two"], in: other).isEmpty, "they are claimed")
    }

    @Test func `one retrier tells at a time, and one that stays away holds the others up for its lease only`() throws {
        let bench = try QueueBench("turn")
        let (one, other) = (TellingTurn(), TellingTurn())
        #expect(try one.take(for: .seconds(30), in: bench.session))
        #expect(try !other.take(for: .seconds(30), in: bench.session))
        #expect(try one.take(for: .seconds(30), in: bench.session), "its own")
        try one.end(in: bench.session)
        #expect(try other.take(for: .seconds(30), in: bench.session))
        try one.end(in: bench.session)
        #expect(try !one.take(for: .seconds(30), in: bench.session), "nobody ends another's turn")
        try bench.pass(31)
        #expect(try one.take(for: .seconds(30), in: bench.session))
        try one.end(in: bench.session)
    }

    @Test func `what a person dropped stays dropped while its content is the same, and anew with other content`() throws {
        let bench = try QueueBench("drop")
        try bench.takeIn(try bench.refuse(bench.change("1", "B", run: 1)))
        try bench.session.query("UPDATE retry_queue SET status = 'dropped' WHERE pipeline = 'drop'")
        try bench.takeIn(try bench.refuse(bench.change("1", "B", run: 2)))
        #expect(try bench.statuses == ["dropped"])
        try bench.takeIn(try bench.refuse(bench.change("1", "C", run: 3)))
        #expect(try bench.statuses == ["pending"])
        try bench.pass(60)
        #expect(try bench.claim().map(\.attempt) == [2])
    }

    // Seen to fail without the compare-and-set of `retry_offsets`.
    @Test func `a retrier that slept while another took its partition over takes nothing in`() throws {
        let bench = try QueueBench("zombie")
        let failure = try bench.refuse(bench.change("1", "B", run: 1))
        try bench.takeIn(failure)
        try bench.session.query("UPDATE retry_queue SET attempt_count = 3 WHERE pipeline = 'zombie'")
        let error = #expect(throws: PostgresError.self) { try bench.takeInFromTheStart(failure) }
        #expect(error?.sqlState == RollcallCode.offsetsMoved.rawValue)
        #expect(try bench.number("SELECT attempt_count FROM retry_queue WHERE pipeline = $1") == 3)
        #expect(try bench.number("SELECT next_offset FROM retry_offsets WHERE topic = $1 || '.failures'") == 1)
    }

    // Seen to fail when only the books decide.
    @Test func `an incident stays open as long as an entry of it waits`() throws {
        let bench = try QueueBench("open")
        try bench.takeIn(try bench.refuse(bench.change("1", "B", run: 1)))
        try bench.session.query("UPDATE sync_rows SET owed = NULL WHERE pipeline = 'open'")
        #expect(try bench.sweep().closedIncidents == 0)
        try bench.session.query("DELETE FROM retry_queue WHERE pipeline = 'open'")
        #expect(try bench.sweep().closedIncidents == 1)
    }

    @Test func `a cause is one incident, told when it opens and when nothing of it is left, and told again when it comes back`() throws {
        let bench = try QueueBench("inc")
        func told() throws -> [String] {
            let news = try Announcements.incidents(of: ["inc"], upTo: 10, in: bench.session)
            try Announcements.markTold(news, in: bench.session)
            return news.map { ($0.alert.isResolved ? "over " : "") + $0.alert.fingerprint }
        }
        let changes = (1...7).map { bench.change("\($0)", "B", run: 1, ordinal: UInt32($0)) }
        for change in changes { try bench.takeIn(try bench.refuse(change)) }
        #expect(try told() == ["incident/inc/buyers/22001/buyers.remarks/1"])
        #expect(try told() == [])
        #expect(try bench.number("SELECT failures FROM incidents WHERE pipeline = $1") == 7)
        #expect(try bench.text("SELECT array_to_string(sample_keys, ' ') FROM incidents WHERE pipeline = $1") == "1 2 3 4 5")
        for change in changes { try bench.land(change) }
        try bench.sweep()
        #expect(try told() == ["over incident/inc/buyers/22001/buyers.remarks/1"])
        try bench.takeIn(try bench.refuse(bench.change("8", "B", run: 2)))
        #expect(try told() == ["incident/inc/buyers/22001/buyers.remarks/2"])
        // A constraint queues nothing; its incident closes when the books owe nothing of it.
        try bench.takeIn(try bench.refuse(bench.change("9", "B", run: 3), .constraintViolation, code: "23505", column: nil, definition: nil, constraint: "one"))
        try bench.sweep()
        #expect(try told() == ["incident/inc/buyers/23505/buyers/one/1"])
        try bench.land(bench.change("9", "C", run: 4))
        try bench.sweep()
        #expect(try told() == ["over incident/inc/buyers/23505/buyers/one/1"])
    }
}
