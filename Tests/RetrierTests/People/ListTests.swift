import CommandLines
import Failures
import JSONText
import Postgres
import Reporting
import TestSupport
import Testing

@testable import Retrier

@Suite struct ListTests {
    @Test func `causes come first with count, cure and incident, the largest first; then the entries by cause`() async throws {
        try await ScratchDatabase.with { database in
            let session = try database.session()
            for number in 1...3 { try QueueRow(key: "\(number)", status: number == 3 ? .permanentlyFailed : .pending).insert(session) }
            try QueueRow(
                key: "か\u{3099}", category: "data_type", code: "not_a_date", table: nil, column: "born", definition: nil, status: .waitsForSource,
                isUnsent: true
            )
            .insert(session)
            try session.query(
                """
                INSERT INTO incidents (id, pipeline, stream, error_type, error_code, first_seen, last_seen, cure)
                VALUES ('buyers/buyers/22001/buyers.latest_status', 'buyers', 'buyers', 'field_length', '22001', now(), now(), 'widen it')
                """)
            let report = try command(ListEntries.self).report(at: database.desk())
            let lines = report.details.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            #expect(
                Array(lines.prefix(6)) == [
                    "3 rows of buyers/buyers: field_length 22001 at buyers.latest_status; 2 pending and 1 permanently_failed", "    cure: widen it",
                    "    incident: buyers/buyers/22001/buyers.latest_status", "1 row of buyers/buyers: data_type not_a_date at born; 1 waits_for_source",
                    "    incident: buyers/buyers/not_a_date/born", "",
                ])
            #expect(lines[6].hasPrefix("id "))
            #expect(lines[7].hasPrefix("buyers/1@42.7 "))
            #expect(lines[7].contains("買主リスト!A4120  field_length  22001       latest_status         1  pending             in 1 h 59 min"))
            #expect(lines[9].hasSuffix("permanently_failed  when its column or its source changes"))
            #expect(lines[10].hasSuffix("waits_for_source    when its source changes"))
            #expect(report.summary == "4 rows wait in the queue.")
        }
    }

    @Test func `a limit takes evenly from every cause and says how many more there are`() async throws {
        try await ScratchDatabase.with { database in
            let session = try database.session()
            for number in 1...20 { try QueueRow(key: "long\(number)", failedSecondsAgo: 100 - number).insert(session) }
            for number in 1...2 { try QueueRow(key: "bad\(number)", category: "data_type", code: "22007", column: "born").insert(session) }
            let report = try command(ListEntries.self, "--limit", "6").report(at: database.desk())
            #expect(try keys(report) == ["long1", "long2", "long3", "long4", "bad1", "bad2"])
            #expect(report.summary == "22 rows wait in the queue; 16 more than shown, `--limit 22` lists all.")
            #expect(report.result["more"] == 16)
        }
    }

    @Test func `rows that are owed and in no queue are told, with the cure of their incident`() async throws {
        try await ScratchDatabase.with { database in
            let session = try database.session()
            let refused = QueueRow(key: "7", category: "constraint_violation", code: "23503", column: nil, definition: nil, constraint: "buyers_agent_fkey")
            try refused.owe(session)
            let queued = QueueRow(key: "8")
            try queued.insert(session)
            try queued.owe(session)
            try session.query(
                """
                INSERT INTO incidents (id, pipeline, stream, error_type, error_code, table_name, constraint_name, first_seen, last_seen, cure)
                VALUES ('i', 'buyers', 'buyers', 'constraint_violation', '23503', 'buyers', 'buyers_agent_fkey', now(), now(), 'add the parent')
                """)
            let report = try command(ListEntries.self).report(at: database.desk())
            #expect(
                report.details.contains(
                    """
                    1 row of buyers/buyers: constraint_violation 23503 at buyers, constraint buyers_agent_fkey; in no queue
                        cure: add the parent
                        incident: i

                    """))
            #expect(report.summary == "1 row waits in the queue. 1 row is owed and in no queue: every run sends them again.")
            #expect(report.result["in_no_queue"] == 1)
            #expect(try command(ListEntries.self, "--status", "pending").report(at: database.desk()).result["in_no_queue"] == 0)
            #expect(try command(ListEntries.self, "--category", "field_length").report(at: database.desk()).result["in_no_queue"] == 0)
        }
    }

    @Test func `an empty queue is said to be empty`() async throws {
        try await ScratchDatabase.with { database in
            let report = try command(ListEntries.self).report(at: database.desk())
            #expect(report.text == "Nothing waits in the queue.\n")
            #expect(report.result["entries"] == .array([]))
        }
    }

    @Test(arguments: [
        (RetryEntry.Status.pending, 65.0, true, "in 1 min 5 s"), (.pending, 0, true, "due now"), (.pending, -3, false, "due now"),
        (.claimed, 5, false, "under way"), (.sent, 5, true, "under way"), (.permanentlyFailed, 5, true, "when its column or its source changes"),
        (.permanentlyFailed, 5, false, "when its source changes"), (.waitsForSource, 5, false, "when its source changes"),
        (.dropped, 5, true, "never: a person let it go"),
    ])
    func `the next try is said in words`(status: RetryEntry.Status, seconds: Double, waitsForColumn: Bool, words: String) {
        #expect(NextRetry(status: status, seconds: seconds, waitsForColumn: waitsForColumn).words == words)
    }

    private func keys(_ report: CommandReport) throws -> [String] {
        guard case .array(let entries)? = report.result["entries"] else { throw NeverHeld(what: "the result has entries") }
        return entries.map { $0["record_key"]?.shown ?? "" }
    }
}

/// Hundred queues, each in a transaction that is rolled back.
@Suite(.oneDatabase) struct ListFilterTests {
    @Test("a list holds what matches every filter, and leaves out nothing that does", arguments: 1...100 as ClosedRange<UInt64>)
    func filters(seed: UInt64) throws {
        let desk = try ScratchDatabase.ofSuite().desk()
        try desk.session.query("BEGIN")
        var random = SeededGenerator(seed)
        let rows = (0..<Int.random(in: 0...30, using: &random)).map { number in
            var row = QueueRow(pipeline: ["buyers", "vendors"][.random(in: 0...1, using: &random)], key: "\(number)")
            row.category = ["field_length", "data_type"][.random(in: 0...1, using: &random)]
            row.code = ["22001", "22007"][.random(in: 0...1, using: &random)]
            row.status = [.pending, .claimed, .dropped][.random(in: 0...2, using: &random)]
            row.failedSecondsAgo = [0, 100_000][.random(in: 0...1, using: &random)]
            return row
        }
        for row in rows { try row.insert(desk.session) }
        func maybe<Value>(_ value: Value) -> Value? { Bool.random(using: &random) ? value : nil }
        let since = try desk.session.query("SELECT \(utcText("retry_now() - interval '50000 seconds'"))").only().text(0)
        let (pipeline, category, status) = (maybe("buyers"), maybe(ErrorCategory.dataType), maybe(RetryEntry.Status.pending))
        let (incident, from) = (maybe(QueueRow().incident), maybe(since))
        let expected = rows.filter { row in
            (pipeline == nil || row.pipeline == pipeline) && (category == nil || row.category == category?.rawValue)
                && (status == nil || row.status == status) && (incident == nil || row.incident == incident) && (from == nil || row.failedSecondsAgo == 0)
        }
        var words: [String] = ["list", "--limit", "100"]
        if let pipeline { words += ["--pipeline", pipeline] }
        if let category { words += ["--category", category.rawValue] }
        if let status { words += ["--status", status.rawValue] }
        if let incident { words += ["--incident", incident] }
        if let from { words += ["--since", from] }
        guard case .run(let command) = try Tool("retrier", summary: "", commands: [ListEntries.self]).request(words), let list = command as? ListEntries else {
            throw NeverHeld(what: "the words are understood")
        }
        let report = try list.report(at: desk)
        guard case .array(let entries)? = report.result["entries"] else { throw NeverHeld(what: "the result has entries") }
        #expect(Set(entries.compactMap { $0["id"]?.shown }) == Set(expected.map(\.id)))
        #expect(entries.count == expected.count)
        #expect(report.result["waiting"] == .number("\(expected.count)"))
    }
}
