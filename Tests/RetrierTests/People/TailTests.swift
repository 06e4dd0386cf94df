import Foundation
import JSONText
import Kafka
import Records
import TestSupport
import Testing
import Topics

/// `ops/tail` on a real broker.
@Suite struct TailTests {
    /// Topics of one test, and the script run on them.
    private struct World {
        let names = TopicNames(prefix: TestBroker.uniqueName("tail"), pipeline: "buyers")
        let producer: KafkaProducer

        init(partitions: Int32 = 3) async throws {
            let settings = try TestBroker.shared.settings
            try await KafkaAdmin(settings).ensureTopics(names.all, partitions: partitions)
            producer = try KafkaProducer(settings)
        }

        /// Returns in a later millisecond, the unit of Kafka's times: records sent one after another have an order.
        func send<Record: TopicRecord>(_ record: Record, to topic: String) async throws {
            guard case .delivered = try await TopicWriter<Record>(producer, topic: topic, source: "test").send(record) else {
                throw NeverHeld(what: "the record was delivered")
            }
            try await Task.sleep(for: .milliseconds(2))
        }

        func start(_ words: [String], _ more: [String: String] = [:]) throws -> ChildProcess {
            let environment = ["KAFKA_BOOTSTRAP_SERVERS": try TestBroker.shared.bootstrapServers, "ROLLCALL_TOPIC_PREFIX": names.prefix].merging(more) { $1 }
            return try ChildProcess(Repository.root.appending(path: "ops/tail").path, words, environment: environment)
        }

        /// The lines, without their times.
        func tail(_ words: String...) async throws -> [String] {
            let child = try start(words)
            #expect(try await child.wait() == .exited(0), "\(child.errors)")
            return child.output.split(separator: "\n").map { line in String(line.replacing(#/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ  /#, with: "")) }
        }
    }

    private func change(_ key: String, run: Int64 = 42, ordinal: UInt32 = 1) -> ChangeRecord {
        ChangeRecord(
            pipeline: "buyers", stream: "buyers", sequence: Sequence(run: run, ordinal: ordinal), key: ["buyer_number": .string(key)],
            fields: ["name": "秘密の値", "note": .null], origin: Origin(kind: "csv", row: 3, cell: "B3"), extractedAt: "2026-11-21T02:28:00Z")
    }

    private func failure(_ key: String, attempt: Int = 1) -> FailureRecord {
        FailureRecord(
            pipeline: "buyers", stream: "buyers", recordKey: RecordKey(encoded: key), run: 42, sequence: Sequence(run: 42, ordinal: 1), attempt: attempt,
            category: "field_length", code: "22001", table: "buyers", column: "latest_status", message: "the value has 812 characters, the column takes 50",
            origin: Origin(kind: "csv", row: 3, cell: "B3"), subject: .change(change(key)), failedAt: "2026-11-21T02:28:01Z")
    }

    @Test func `each topic has its line, in which no value of a row stands`() async throws {
        let world = try await World()
        try await world.send(change("6666"), to: world.names.changes)
        try await world.send(failure("6666", attempt: 2), to: world.names.failures)
        try await world.send(failure("6666", attempt: 4), to: world.names.deadLetters)
        try await world.send(
            AlertRecord(
                kind: "permanent_failure", severity: .critical, pipeline: "buyers", stream: "buyers", message: "1 row failed for good", fingerprint: "f",
                raisedAt: "2026-11-21T02:28:00Z"), to: world.names.alerts)
        try await world.send(
            RunRecord(run: 42, pipeline: "buyers", status: "complete", summary: "all landed", at: "2026-11-21T02:28:00Z"), to: world.names.runs)
        #expect(try await world.tail("changes", "buyers") == ["buyers/6666  upsert, run 42, attempt 1, 2 fields (B3)"])
        #expect(
            try await world.tail("failures", "buyers") == [
                "buyers/6666  field_length 22001, buyers.latest_status, run 42, attempt 2: the value has 812 characters, the column takes 50"
            ])
        #expect(try await world.tail("dead-letters", "buyers").first?.contains("run 42, attempt 4: ") == true)
        let alerts = try await world.tail("alerts"), runs = try await world.tail("runs", "buyers")
        #expect(alerts.count == 1)
        #expect(alerts[0].hasSuffix("critical permanent_failure, buyers/buyers: 1 row failed for good"))
        #expect(runs.count == 1)
        #expect(runs[0].hasSuffix("buyers run 42 complete: all landed"))
        #expect(try await world.tail("alerts", "vendors") == [])
        #expect(try await world.tail("outcomes", "buyers") == [])
        // Who asks for the record itself gets it, values too.
        let raw = try await world.tail("changes", "buyers", "--raw")
        #expect(try raw.map { try JSONValue(parsing: Array($0.utf8))["fields"]?["name"] } == ["秘密の値"])
    }

    @Test func `an outcome tells what came of a batch`() async throws {
        let world = try await World()
        var tallies = Tallies()
        (tallies.inserted, tallies.failed) = (98, 1)
        try await world.send(
            OutcomeRecord(
                pipeline: "buyers", topic: world.names.changes, partition: 0, generation: 1, fromOffset: 0, nextOffset: 99,
                shares: [OutcomeRecord.Share(stream: "buyers", run: 42, tallies: tallies)], retried: ["buyers/6666@41.7"], appliedAt: "2026-11-21T02:28:02Z"),
            to: world.names.outcomes)
        let lines = try await world.tail("outcomes", "buyers")
        #expect(lines.count == 1)
        #expect(lines.first?.hasSuffix("buyers run 42: 98 inserted, 1 failed; retried buyers/6666@41.7") == true)
    }

    @Test func `the newest of all partitions are shown in order, and --key finds a row however old`() async throws {
        let world = try await World()
        for number in 1...30 { try await world.send(change("k\(number)", ordinal: UInt32(number)), to: world.names.changes) }
        func keys(_ lines: [String]) -> [String] { lines.map { String($0.prefix { $0 != " " }) } }
        #expect(Set(keys(try await world.tail("changes", "buyers", "--lines", "30"))) == Set((1...30).map { "buyers/k\($0)" }))
        let last = keys(try await world.tail("changes", "buyers"))
        #expect(last.count == 20)
        #expect(last.last == "buyers/k30")
        #expect(!last.contains("buyers/k1"))
        #expect(keys(try await world.tail("changes", "buyers", "-n", "1")) == ["buyers/k30"])
        #expect(keys(try await world.tail("changes", "buyers", "--key", "k3")) == ["buyers/k3"])
        #expect(keys(try await world.tail("changes", "buyers", "--key=buyers/k3")) == ["buyers/k3"])
        #expect(try await world.tail("changes", "buyers", "--key", "3") == [])
    }

    @Test func `--follow shows what is there in order, then what comes, until it is stopped`() async throws {
        let world = try await World()
        for number in 1...3 { try await world.send(failure("k\(number)"), to: world.names.failures) }
        let child = try world.start(["failures", "buyers", "--follow", "--lines", "2"])
        func keys() -> [String] { child.output.split(separator: "\n").compactMap { $0.split(separator: " ").dropFirst().first.map(String.init) } }
        try await eventually("the newest are shown; \(child.errors)") { keys() == ["buyers/k2", "buyers/k3"] }
        try await world.send(failure("k4"), to: world.names.failures)
        try await eventually("what comes is shown") { keys() == ["buyers/k2", "buyers/k3", "buyers/k4"] }
        child.signal(SIGTERM)
        #expect(try await child.wait(within: .seconds(10)) == .exited(143))
    }

    @Test func `whoever is stopped while nothing comes leaves no reader behind`() async throws {
        let world = try await World()
        try await world.send(failure("k1"), to: world.names.failures)
        let child = try world.start(["failures", "buyers", "-f"])
        // The first lines are out once the ends of all partitions were seen: from then on kcat writes nothing and would not notice a closed pipe.
        try await eventually("the first line is shown; \(child.errors)") { !child.output.isEmpty }
        child.signal(SIGTERM)
        #expect(try await child.wait(within: .seconds(10)) == .exited(143))
        let prefix = world.names.prefix
        try await eventually("no reader outlives it", within: .seconds(10)) { try await processes(naming: prefix).isEmpty }
    }

    @Test(.enabled(if: TestBroker.offers(.deleteRecords), "the broker deletes no records"))
    func `what retention left is shown, though it is less than was asked for`() async throws {
        let world = try await World(partitions: 1)
        for number in 1...5 { try await world.send(change("k\(number)"), to: world.names.changes) }
        try await KafkaAdmin(TestBroker.shared.settings).deleteRecords(KafkaPartition(topic: world.names.changes, partition: 0), before: 3)
        #expect(try await world.tail("changes", "buyers").map { String($0.prefix { $0 != " " }) } == ["buyers/k4", "buyers/k5"])
    }

    @Test func `keys and messages cannot move the cursor, and what is no record is told as such`() async throws {
        let world = try await World(partitions: 1)
        var record = failure("a")
        record.message = "two\nlines \u{1B}[2J"
        try await world.send(record, to: world.names.failures)
        for value: [UInt8]? in [Array("no json".utf8), Array("[1]".utf8), Array(#"{"category":1}"#.utf8), nil] {
            _ = try await world.producer.send(topic: world.names.failures, key: Array("b".utf8), value: value)
        }
        #expect(
            try await world.tail("failures", "buyers").map { $0.replacing(#/^.* attempt 1: /#, with: "") } == [
                "two⏎lines ·[2J", "b  7 characters that are no JSON object", "b  3 characters that are no JSON object", "b  1 : ", "b  no value",
            ])
    }

    @Test func `wrong words end with 2, a broker or a topic that is not there with 3`() async throws {
        let world = try await World(partitions: 1)
        let cases: [(words: [String], message: String)] = [
            ([], "Examples:"), (["changes"], "of which pipeline"), (["everything"], "there is no topic of everything"),
            (["alerts", "a", "b"], "unexpected argument b"),
            (["changes", "buyers", "--lines", "0"], "--lines is 0"), (["changes", "buyers", "--key"], "--key needs a value"),
            (["changes", "buyers", "--all"], "unknown option --all"),
        ]
        for (words, message) in cases {
            let child = try world.start(words)
            #expect(try await child.wait() == .exited(2), "\(words)")
            #expect(child.errors.contains(message), "\(words): \(child.errors)")
            #expect(child.output.isEmpty)
        }
        let unset = try world.start(["alerts"], ["KAFKA_BOOTSTRAP_SERVERS": ""])
        #expect(try await unset.wait() == .exited(2))
        #expect(unset.errors.contains("KAFKA_BOOTSTRAP_SERVERS is not set"))
        for more in [[], ["--follow"]] {
            let nowhere = try world.start(["changes", "nobody"] + more)
            #expect(try await nowhere.wait() == .exited(3), "\(nowhere.errors)")
            #expect(nowhere.errors.contains("\(world.names.prefix).nobody.changes"))
            let away = try world.start(["alerts"] + more, ["KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"])
            #expect(try await away.wait() == .exited(3), "\(away.errors)")
        }
        for (name, value, words) in [
            ("PROPERTIES", "check.crcs=true;no.such.property=1", "no.such.property"), ("SECURITY_PROTOCOL", "nonsense", "security.protocol"),
        ] {
            let wrong = try world.start(["changes", "buyers"], ["ROLLCALL_KAFKA_\(name)": value])
            #expect(try await wrong.wait() == .exited(3))
            #expect(wrong.errors.contains(words), "\(wrong.errors)")
        }
        let help = try world.start(["--help"])
        #expect(try await help.wait() == .exited(0))
        #expect(help.output.contains("Examples:"))
    }

    /// The command lines of running processes that hold this text.
    private func processes(naming text: String) async throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { Int($0) != nil }.compactMap { process in
            guard let data = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") else { return nil }
            let line = String(decoding: data, as: UTF8.self)
            return line.contains(text) ? line : nil
        }
    }
}
