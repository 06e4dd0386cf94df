import Books
import CommandLines
import Foundation
import JSONText
import Postgres
import Records
import Reporting
import TestSupport
import Testing

@testable import Retrier

@Suite struct ShowTests {
    private func show(_ name: String, _ database: ScratchDatabase, pipeline: String? = nil) throws -> CommandReport {
        let words = pipeline.map { ["--pipeline", $0] } ?? []
        guard case .run(let command) = try Tool("retrier", summary: "", commands: [ShowEntry.self]).request(["show", name] + words),
            let show = command as? ShowEntry
        else { throw NeverHeld(what: "the words are understood") }
        return try show.report(EntryName(name), at: database.desk())
    }

    @Test func `everything since the entry was opened is told, oldest first, and nothing from before`() async throws {
        try await ScratchDatabase.with { database in
            let session = try database.session()
            let row = QueueRow(attempts: 3, releases: 1)
            try row.insert(session)
            try row.owe(session)
            // An earlier failure of the key, which ended, and its entry with it.
            try ErrorLog.write([QueueRow(run: 40).logged(attempt: 1)], in: session)
            try session.query(
                """
                INSERT INTO retry_log (pipeline, stream, record_key, sequence, run, entry, outcome, attempt_count, error_type, error_code, first_failed_at)
                VALUES ('buyers', 'buyers', '6666', $1, 40, 'buyers/6666@40.7', 'recovered', 1, 'field_length', '22001', now())
                """, [.integer(QueueRow(run: 40).sequence.rawValue)])
            // The same entry took over a failure of run 41; that one's end is part of its history.
            try ErrorLog.write([QueueRow(run: 41).logged(attempt: 1)], in: session)
            try session.query(
                """
                INSERT INTO retry_log (pipeline, stream, record_key, sequence, run, entry, outcome, attempt_count, error_type, error_code, first_failed_at)
                VALUES ('buyers', 'buyers', '6666', $1, 41, 'buyers/6666@42.7', 'superseded', 1, 'field_length', '22001', now())
                """, [.integer(QueueRow(run: 41).sequence.rawValue)])
            try session.query("UPDATE sync_error_log SET created_at = created_at - interval '1 hour' WHERE run = 41")
            try session.query(
                """
                INSERT INTO operator_actions (who, action, pipeline, stream, record_key, entry, reason)
                VALUES ('yamada@office', 'release', 'buyers', 'buyers', '6666', 'buyers/6666@42.7', '--category field_length')
                """)
            for name in ["buyers/6666", "buyers/6666@42.7"] {
                let report = try show(name, database)
                #expect(report.summary.hasPrefix("3 attempts failed; the next is in 1 h 59 min"))
                #expect(
                    report.result["failures"]?.elements.map { "\($0["run"]?.shown ?? "").\($0["attempt"]?.shown ?? "")" } == [
                        "41.1", "42.1", "42.2", "42.3",
                    ])
                #expect(report.result["ends"]?.elements.map { $0["outcome"] } == ["recovered", "superseded"])
                #expect(report.result["actions"]?.elements.map { $0["who"] } == ["yamada@office"])
                #expect(report.result["entry"]?["releases"] == 1)
                #expect(report.result["owed"] == .number("\(row.sequence.rawValue)"))
                for words in ["yamada@office", "--category field_length", "1 of at most 20", "change 42.7", "the value does not fit", "買主リスト!A4120"] {
                    #expect(report.details.contains(words), "\(words)")
                }
            }
            // The entry that is over: its own past, not cut at its end.
            let past = try show("buyers/6666@40.7", database)
            #expect(past.result["failures"]?.elements.count == 5)
        }
    }

    @Test func `what an entry waits for follows the table`() async throws {
        try await ScratchDatabase.with { database in
            let session = try database.session()
            try QueueRow(status: .permanentlyFailed, attempts: 4).insert(session)
            func cures() throws -> [String] {
                try show("buyers/6666", database).result["waits_for"]?.elements.map { "\($0["for"]?.shown ?? ""): \($0["words"]?.shown ?? "")" } ?? []
            }
            let source = "source: its source: a change of the row at 買主リスト!A4120 starts it anew"
            let person = "person: a person: `retrier release` gives it a new schedule"
            let was = "column: its column: buyers.latest_status was character varying(50)"
            #expect(try cures() == ["\(was), and there is no such table now", source, person])
            try session.query("CREATE TABLE buyers (id text)")
            #expect(try cures() == ["\(was), and the table has no such column now", source, person])
            try session.query("ALTER TABLE buyers ADD COLUMN latest_status varchar(50)")
            #expect(try cures()[0] == "column: its column: buyers.latest_status is character varying(50), as when it refused the row")
            try session.query("ALTER TABLE buyers ALTER COLUMN latest_status TYPE text")
            #expect(try cures()[0] == "\(was) and is text now; the next sweep releases it")
            try session.query("UPDATE retry_queue SET status = 'pending', next_retry_at = retry_now() - interval '1 second'")
            #expect(try cures().first?.hasPrefix("clock: the clock: attempt 5 due now (20") == true)
            #expect(try cures().count == 3)
            try session.query("UPDATE retry_queue SET status = 'dropped'")
            #expect(try cures() == [source, "person: a person: one let it go; `retrier release` brings it back"])
            try session.query("UPDATE retry_queue SET status = 'sent', lease_token = gen_random_uuid(), lease_until = retry_now()")
            #expect(try cures() == ["answer: the end of attempt 5, which is under way"])
        }
    }

    @Test func `a name that nothing is known of is an error, and so is one of two pipelines until one is named`() async throws {
        try await ScratchDatabase.with { database in
            let session = try database.session()
            try QueueRow().insert(session)
            var twin = QueueRow(pipeline: "archive")
            twin.run = 43
            try twin.insert(session)
            for name in ["buyers/6667", "buyers/6666@41.7", "vendors/6666", "buyers/6666@42"] {
                let error = #expect(throws: CommandFailure.self) { try show(name, database) }
                #expect(error?.exitCode == .usage)
                #expect(error?.message.contains(name) == true)
            }
            let error = #expect(throws: CommandFailure.self) { try show("buyers/6666", database) }
            #expect(error?.message == "buyers/6666 is a key of the pipelines archive and buyers; name one with --pipeline")
            #expect(try show("buyers/6666", database, pipeline: "archive").result["entry"]?["run"] == 43)
            #expect(try show("buyers/6666@42.7", database).result["pipeline"] == "buyers")
            #expect(throws: CommandFailure.self) { try show("buyers/6666", database, pipeline: "vendors") }
        }
    }

    @Test func `a row in no queue is told as what it is: refused and owed, or mended`() async throws {
        try await ScratchDatabase.with { database in
            let session = try database.session()
            try QueueRow(category: "constraint_violation", code: "23505").owe(session)
            #expect(try show("buyers/6666", database).summary == "It is owed and in no queue: every run sends it again.")
            try session.query("UPDATE sync_rows SET owed = NULL")
            let report = try show("buyers/6666@42.7", database)
            #expect(report.summary == "Nothing of it waits.")
            #expect(report.details.contains("nothing"))
            #expect(report.result["entry"] == .null)
        }
    }

    @Test func `fifty lines are shown of a row that every run refuses, the newest, and the others counted`() async throws {
        try await ScratchDatabase.with { database in
            let session = try database.session()
            try QueueRow(run: 1, status: .waitsForSource, isUnsent: true).insert(session)
            try ErrorLog.write(
                (1...53).map { refusal("r\($0)", run: Int64($0), key: "6666", row: 17, cell: "A17", column: "born", code: "no_year", message: "no year") },
                in: session)
            try session.query("UPDATE sync_error_log SET created_at = created_at + make_interval(secs => run)")
            let report = try show("buyers/6666", database)
            #expect(report.result["failures"]?.elements.map { $0["run"]?.shown } == (4...53).map { "\($0)" })
            #expect(report.result["older_failures"] == 3)
            #expect(report.details.contains("(3 older ones are not shown)"))
            #expect(report.summary == "It was never sent: only a change of its source can mend it.")
        }
    }

    @Test func `a key that would move the cursor is made harmless`() async throws {
        try await ScratchDatabase.with { database in
            try QueueRow(key: "a\u{1B}[2J\nb").insert(database.session())
            let report = try show("buyers/a\u{1B}[2J\nb", database), list = try command(ListEntries.self).report(at: database.desk())
            for text in [report.text, list.text] {
                #expect(!text.utf8.contains(0x1B))
                #expect(text.contains("a·[2J⏎b"))
            }
        }
    }

    @Test(arguments: ["6666", "", "/6666", "@42.7", "buyers@42.7/6666"])
    func `what can be neither an id nor a message key is refused`(text: String) {
        let error = #expect(throws: UsageError.self) { try EntryName(text) }
        #expect(error?.problem.contains("expected its id") == true)
    }

    @Test func `a name is taken apart by bytes, and its stream decoded`() throws {
        let key = try EntryName("東京%2F1/\u{3099}か%40/7"), id = try EntryName("buyers/6666@42.7")
        #expect((key.stream, key.isID) == ("東京/1", false))
        #expect(Array(key.recordKey.utf8) == Array("\u{3099}か%40/7".utf8))
        #expect((id.stream, id.recordKey, id.isID) == ("buyers", "6666", true))
    }
}
