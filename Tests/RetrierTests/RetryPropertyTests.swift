import Failures
import Kafka
import Pipelines
import Postgres
import Records
import TestSupport
import Testing

@testable import Retrier

/// What the users were promised of retries, on a clock that only the test moves.
@Suite(.oneDatabase, .serialized) struct RetryPropertyTests {
    private func categories(_ random: inout SeededGenerator) -> (ErrorCategory, String, isQueued: Bool) {
        let all: [(ErrorCategory, String, Bool)] = [
            (.fieldLength, "22001", true), (.dataType, "22P02", true), (.dataType, "42804", true), (.unknown, "40001", true), (.unknown, "P0001", true),
            (.constraintViolation, "23505", false), (.constraintViolation, "23503", false), (.constraintViolation, "23502", false),
            (.constraintViolation, "23514", false), (.unknown, "42P01", false), (.unknown, "42703", false),
        ]
        return all.randomElement(using: &random) ?? all[0]
    }

    @Test("B9: a retryable failure stands in the retry queue", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func queued(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let bench = try QueueBench("b9-\(seed)")
        var wanted: Set<String> = []
        for key in 1...Int.random(in: 1...8, using: &random) {
            let (category, code, isQueued) = categories(&random)
            let isCounted = Int.random(in: 0..<5, using: &random) > 0
            let failure = try bench.refuse(bench.change("\(key)", "v", run: 1, ordinal: UInt32(key)), category, code: code, commits: isCounted)
            try bench.takeIn(failure)
            if Bool.random(using: &random) { try bench.takeInAgain(failure) }
            if isQueued, isCounted { wanted.insert("\(key)") }
        }
        let found = try bench.session.query("SELECT record_key FROM retry_queue WHERE pipeline = $1", [.text(bench.pipeline)]).map { try $0.text(0) }
        #expect(Set(found) == wanted && found.count == wanted.count)
    }

    @Test("B12: a failure that is not retryable never enters the queue", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func notQueued(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let bench = try QueueBench("b12-\(seed)")
        let codes = ["23505", "23503", "23502", "23514", "23P01"]
        var wanted: Set<String> = []
        for run in 1...Int64.random(in: 1...4, using: &random) {
            for key in 1...3 {
                let code = codes.randomElement(using: &random) ?? "23505"
                wanted.insert(code)
                try bench.takeIn(
                    try bench.refuse(bench.change("\(key)", "v\(run)", run: run, ordinal: UInt32(key)), .constraintViolation, code: code, constraint: "one"))
            }
            try bench.pass(Double.random(in: 0...10_000, using: &random))
            #expect(try bench.claim().isEmpty)
        }
        #expect(try bench.statuses == [])
        // It is told, once for each cause, and stays owed for the next run.
        let told = try bench.session.query("SELECT error_code FROM incidents WHERE pipeline = $1 AND closed_at IS NULL", [.text(bench.pipeline)])
        #expect(Set(try told.map { try $0.text(0) }) == wanted && told.count == wanted.count)
        #expect(try bench.number("SELECT count(*) FROM sync_rows WHERE pipeline = $1 AND owed IS NOT NULL") == 3)
    }

    @Test(
        "B10: an entry is tried again three times at most, at 1, 5 and 15 minutes and never early", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func budget(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let bench = try QueueBench("b10-\(seed)")
        bench.jitter = [0, 0, 0.15, Double.random(in: 0...0.15, using: &random)].randomElement(using: &random) ?? 0
        let change = bench.change("6666", "long", run: 1)
        try bench.takeIn(try bench.refuse(change))
        for (attempt, minutes) in [(2, 1.0), (3, 5.0), (4, 15.0)] {
            // Not one moment before its time; the next run finds the same bad row every ten minutes meanwhile, which is no attempt.
            try bench.pass(minutes * 60 * (1 + bench.jitter) - 0.01)
            #expect(try bench.claim().isEmpty, "attempt \(attempt) came early")
            try bench.pass(0.01)
            var tried: [ChangeRecord] = []
            let claimed = try bench.attempt { tried.append($0) }
            #expect(claimed == 1 && tried.map(\.attempt) == [attempt] && tried.map(\.sequence) == [change.sequence])
            if Bool.random(using: &random) { try bench.pass(Double.random(in: 0...600, using: &random)) }
            for change in tried {
                let failure = try bench.refuse(change)
                try bench.takeIn(failure)
                if Bool.random(using: &random) { try bench.takeInAgain(failure) }
            }
        }
        #expect(try bench.statuses == ["permanently_failed"])
        try bench.pass(1_000_000)
        try bench.sweep()
        #expect(try bench.claim().isEmpty)
        #expect(try bench.number("SELECT attempt_count FROM retry_queue WHERE pipeline = $1") == 4)
    }

    @Test("B10: also when each run finds the same bad row, it ends in one permanent failure", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func sameContent(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let bench = try QueueBench("b10s-\(seed)")
        let every = Double.random(in: 30...1_800, using: &random)
        var attempts = 0, alerts: Set<Int> = []
        for run in 1...Int64.random(in: 3...8, using: &random) {
            try bench.takeIn(try bench.refuse(bench.change("1", "same", run: run)))
            var left = every
            while left > 0 {
                let step = min(left, 150)
                try bench.pass(step)
                left -= step
                attempts += try bench.attempt { try bench.takeIn(try bench.refuse($0)) }
                let told = try Announcements.permanentFailures(of: [bench.pipeline], upTo: 10, in: bench.session)
                for entry in told { #expect(alerts.insert(entry.attemptCount).inserted, "told twice") }
                try Announcements.markTold(told, in: bench.session)
            }
        }
        #expect(attempts <= 3)
        #expect(alerts.count == (attempts == 3 ? 1 : 0))
        let elsewhere = try bench.number("SELECT count(*) FROM retry_log WHERE pipeline = $1 AND outcome = 'superseded'")
        let runs = try bench.number("SELECT count(DISTINCT run) FROM sync_error_log WHERE pipeline = $1")
        #expect(elsewhere == runs - 1, "each older run's failure ends as superseded")
    }

    @Test("B11: a retry that succeeds leaves the queue, with an entry in the log", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func recovered(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let bench = try QueueBench("b11-\(seed)")
        let change = bench.change("1", "v", run: 1)
        try bench.takeIn(try bench.refuse(change))
        let attempts = Int.random(in: 1...3, using: &random)
        let isNewer = Bool.random(using: &random)
        for attempt in 1...attempts {
            try bench.pass(1_200)
            _ = try bench.attempt { tried in
                if attempt < attempts { return void(try bench.takeIn(try bench.refuse(tried))) }
                try bench.land(isNewer ? bench.change("1", "newer", run: 2) : tried)
            }
        }
        try bench.sweep()
        #expect(try bench.statuses == [])
        #expect(try bench.text("SELECT outcome FROM retry_log WHERE pipeline = $1") == (isNewer ? "superseded" : "recovered"))
        #expect(try bench.number("SELECT attempt_count FROM retry_log WHERE pipeline = $1") == Int64(attempts))
        #expect(try bench.number("SELECT count(*) FROM incidents WHERE pipeline = $1 AND closed_at IS NULL") == 0)
    }

    @Test("B15: a row whose retries failed is told with its key and cell, and without its values", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func told(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let bench = try QueueBench("b15-\(seed)")
        let key = "key\(seed)", secret = "secret\(UInt64.random(in: 0 ... .max, using: &random))"
        try bench.takeIn(try bench.refuse(bench.change(key, secret, run: 1, ordinal: 17)))
        for _ in 0..<3 {
            try bench.pass(2_000)
            _ = try bench.attempt { try bench.takeIn(try bench.refuse($0)) }
        }
        let entries = try Announcements.permanentFailures(of: [bench.pipeline], upTo: 10, in: bench.session)
        let entry = try #require(entries.first)
        #expect(entries.count == 1)
        let alert = entry.permanentFailureAlert
        #expect(alert.severity == .critical && alert.message.contains(key) && alert.message.contains("A17") && alert.message.contains("buyers.remarks"))
        #expect(!String(decoding: alert.line(), as: UTF8.self).contains(secret))
        let letter = try entry.deadLetter()
        #expect(letter.subject == .change(bench.change(key, secret, run: 1, ordinal: 17, attempt: 4)) && letter.attempt == 4 && letter.code == "22001")
        try Announcements.markTold(entries, in: bench.session)
        #expect(try Announcements.permanentFailures(of: [bench.pipeline], upTo: 10, in: bench.session).isEmpty)
    }

    @Test("F4: taking in, sweeping and releasing again and again ends in the same state", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func idempotent(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let bench = try QueueBench("f4-\(seed)")
        var records: [KafkaRecord] = []
        for key in 1...3 {
            let (category, code, _) = categories(&random)
            let record = try bench.refuse(bench.change("\(key)", "v", run: 1, ordinal: UInt32(key)), category, code: code)
            try bench.takeIn(record)
            records.append(record)
        }
        if Bool.random(using: &random) {
            try bench.pass(100)
            _ = try bench.attempt { change in
                if Bool.random(using: &random) { try bench.land(change) } else { records.append(try bench.refuse(change)) }
            }
            for record in records.dropFirst(3) { try bench.takeIn(record) }
        }
        try bench.sweep()
        let before = try bench.picture
        for _ in 1...Int.random(in: 1...3, using: &random) {
            // The topic is read again from its beginning, in any chunks.
            var rest = records[...]
            try bench.takeInAgain(rest.removeFirst())
            for record in rest { try bench.takeIn(record) }
            try bench.sweep()
        }
        #expect(try bench.picture == before)
    }
}

private func void(_ value: some Any) {}
