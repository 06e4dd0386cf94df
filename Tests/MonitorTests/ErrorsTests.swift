import Books
import CommandLines
import Failures
import Foundation
import JSONText
import Postgres
import Records
import Reporting
import TestSupport
import Testing

@testable import Monitor

@Suite(.oneDatabase) struct ErrorsTests {
    private struct Line {
        let id: String, pipeline: String, category: ErrorCategory, key: String?
        let second: Int
    }

    @Test(
        "B8: a query of the error log returns what matches all filters, and leaves out nothing that does", .tags(.property),
        arguments: 1...100 as ClosedRange<UInt64>)
    func query(seed: UInt64) throws {
        let session = try ScratchDatabase.ofSuite().session()
        try session.query("BEGIN")  // Never committed: each case sees its own lines only.
        var random = SeededGenerator(seed)
        let keys = ["6666", "か\u{3099}", "が", "a%2Fb", nil], start = try #require(try? Date("2026-11-20T00:00:00Z", strategy: .iso8601))
        let lines = (0..<Int.random(in: 0...40, using: &random)).map { number in
            Line(
                id: "\(number)", pipeline: ["buyers", "vendors"].randomElement(using: &random) ?? "buyers",
                category: ErrorCategory.allCases.randomElement(using: &random) ?? .unknown, key: keys.randomElement(using: &random) ?? nil,
                second: .random(in: 0...9, using: &random))
        }
        func time(_ second: Int) -> String { start.addingTimeInterval(Double(second)).formatted(.iso8601) }
        let entries = lines.map { line in
            ErrorLogEntry(
                id: line.id, pipeline: line.pipeline, stream: "s", run: 1, service: .loader, recordKey: line.key.map { RecordKey(encoded: $0) }, attempt: 1,
                category: line.category, code: "XX000", message: "m")
        }
        try ErrorLog.write(entries, in: session)
        try session.query(
            "UPDATE sync_error_log SET created_at = t.at FROM unnest($1::text[], $2::timestamptz[]) t (id, at) WHERE sync_error_log.id = t.id",
            [.texts(lines.map(\.id)), .texts(lines.map { time($0.second) })])
        func maybe<Value>(_ value: Value) -> Value? { Bool.random(using: &random) ? value : nil }
        let since = maybe(Int.random(in: 0...9, using: &random)), until = maybe(Int.random(in: 0...9, using: &random))
        let query = ErrorQuery(
            pipeline: maybe("buyers"), since: since.map(time), until: until.map(time), category: maybe(.dataType), key: maybe("が"))
        let expected = lines.filter { line in
            (query.pipeline == nil || line.pipeline == query.pipeline) && (since.map { line.second >= $0 } ?? true)
                && (until.map { line.second < $0 } ?? true) && (query.category == nil || line.category == query.category)
                && (query.key == nil || line.key.map { Array($0.utf8) } == query.key.map { Array($0.utf8) })
        }
        let found = try query.run(in: session)
        #expect(Set(found.map(\.id)) == Set(expected.map(\.id)))
        #expect(found.count == expected.count)
        #expect(found.map(\.createdAt) == found.map(\.createdAt).sorted())
    }

    @Test func `a day means the whole day in UTC, an instant means itself`() {
        #expect(Moment(argument: "2026-11-20")?.start == "2026-11-20T00:00:00Z")
        #expect(Moment(argument: "2026-11-20")?.end == "2026-11-21T00:00:00Z")
        #expect(Moment(argument: "2026-11-20T09:00:00+09:00")?.end == "2026-11-20T09:00:00+09:00")
    }

    @Test(arguments: [
        "", "yesterday", "2026-13-01", "2026-02-30", "2026-02-30T09:00:00Z", "2026-11-20T25:00:00Z", "2026-11-20T09:00:00+20:00", "2026-11-20T09:00:00",
        "20261120", "2026-11-20x", "2026-11-20T09:00:00+09:00;",
    ])
    func `what is no time is refused`(text: String) {
        #expect(Moment(argument: text) == nil)
    }

    @Test func `the report has a line for people and the columns for programs`() async throws {
        try await ScratchDatabase.with { database in
            let session = try database.session()
            try ErrorLog.write(
                [
                    ErrorLogEntry(
                        id: "buyers/6666@1.2#1", pipeline: "buyers", stream: "buyers", run: 1, service: .loader, recordKey: RecordKey(encoded: "6666"),
                        rowNumber: 4120, cell: "買主リスト!A4120", sequence: Sequence(rawValue: 9), attempt: 1, category: .fieldLength, code: "22001",
                        table: "buyers", column: "latest_status", columnDefinition: "character varying(50)", valueLength: 812,
                        message: "latest_status takes 50 characters, this value has 812")
                ], in: session)
            let report = try Errors().report(session)
            #expect(report.summary == "1 error found.")
            #expect(
                report.details.hasSuffix(
                    "buyers/buyers 6666 (買主リスト!A4120): field_length 22001, attempt 1: latest_status takes 50 characters, this value has 812"))
            guard case .object(let result) = report.result, case .array(let errors)? = result["errors"], case .object(let error)? = errors.first else {
                throw NeverHeld(what: "result has an array of errors")
            }
            #expect(error["record_key"] == .string("6666"))
            #expect(error["value_length"] == .number("812"))
            #expect(error["constraint_name"] == .null)
        }
    }

    private func run(_ words: [String], _ session: PostgresSession) throws -> CommandReport {
        guard case .run(let command) = try Tool("monitor", summary: "", commands: [Errors.self]).request(["errors"] + words), let errors = command as? Errors
        else { throw NeverHeld(what: "the words are understood") }
        return try errors.report(session)
    }

    @Test func `what waits is told by cause, with how many are retried, failed for good and were let go`() async throws {
        try await ScratchDatabase.with { database in
            let session = try database.session()
            try session.runScript(
                """
                INSERT INTO sync_rows (pipeline, stream, key, sequence, owed, run, synced_at)
                SELECT p, 's', k::text, 0, 10 + k, 1, now() FROM (VALUES ('p', 1), ('p', 2), ('p', 3), ('p', 4), ('p', 5), ('p', 6), ('p', 7), ('other', 8)) v (p, k);
                INSERT INTO sync_error_log (id, pipeline, stream, run, service, record_key, sequence, attempt, error_type, error_code, table_name,
                    column_name, constraint_name, message, retryable)
                SELECT key, pipeline, 's', 1, 'loader', key, owed, 1, CASE key WHEN '7' THEN 'constraint_violation' ELSE 'field_length' END,
                    CASE key WHEN '7' THEN '23505' ELSE '22001' END, 't', CASE WHEN key <> '7' THEN 'c' END, CASE key WHEN '7' THEN 'only_one' END, 'm', true
                FROM sync_rows;
                INSERT INTO retry_queue (id, pipeline, stream, record_key, run, sequence, change, error_type, error_code, message, incident, status,
                    attempt_count, budget_from, next_retry_at, lease_token, lease_until, first_failed_at, last_failed_at)
                SELECT key, pipeline, 's', key, 1, CASE key WHEN '6' THEN owed - 1 ELSE owed END, '{}', 'field_length', '22001', 'm', 'i',
                    (ARRAY['pending', 'claimed', 'sent', 'permanently_failed', 'dropped', 'pending', 'pending', 'pending'])[key::int],
                    1, 1, now(), gen_random_uuid(), now(), now(), now()
                FROM sync_rows WHERE key <> '7';
                """)
            let report = try run(["--pipeline", "p"], session)
            #expect(
                report.details.hasSuffix(
                    """


                    p/s: 6 rows waiting (field_length 22001 in t.c): 3 being retried, 1 tried for the last time, 1 let go by a person, \
                    1 in no retry queue, for the next run to try again
                    p/s: 1 row waiting (constraint_violation 23505 in constraint only_one): 1 in no retry queue, for the next run to try again
                    """))
            guard case .object(let result) = report.result, case .array(let causes)? = result["waiting"], case .object(let cause)? = causes.first else {
                throw NeverHeld(what: "result has an array of causes")
            }
            #expect(causes.count == 2)
            #expect(["rows", "retrying", "permanent", "dropped", "refused"].map { cause[$0] } == ["6", "3", "1", "1", "1"].map { .number($0) })
            #expect(try run(["--pipeline", "p", "--type", "field_length", "--key", "4"], session).details.hasSuffix("c): 1 tried for the last time"))
            #expect(try run(["--pipeline", "p", "--type", "data_type"], session).details.isEmpty)
            #expect(try run(["--since", "2100-01-01"], session).details.contains("other/s: 1 row waiting"), "what waits, waits now")
        }
    }

    @Test func `a database without the books is told to be migrated`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let session = try database.session()
            #expect(throws: MigrationError.noBooks) { try Errors().report(session) }
        }
    }
}
