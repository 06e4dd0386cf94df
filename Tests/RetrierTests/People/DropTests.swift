import CommandLines
import JSONText
import Postgres
import Records
import Reporting
import TestSupport
import Testing

@testable import Retrier

@Suite struct DropTests {
    private func drop(_ words: [String], _ database: ScratchDatabase, by person: String = "yamada@office") throws -> CommandReport {
        guard case .run(let command) = try Tool("retrier", summary: "", commands: [DropEntries.self]).request(["drop"] + words),
            let drop = command as? DropEntries
        else { throw NeverHeld(what: "the words are understood") }
        return try drop.report(drop.names(), at: database.desk(person))
    }

    @Test func `what waits is dropped, stays owed and keeps its content; what is under way is left alone`() async throws {
        try await ScratchDatabase.with { database in
            let session = try database.session()
            for status in RetryEntry.Status.allCases {
                try QueueRow(key: status.rawValue, status: status, isUnsent: status == .waitsForSource).insert(session)
            }
            try QueueRow(key: "pending").owe(session)
            let kept = "SELECT record_key || ' ' || coalesce(change, '-') || ' ' || sequence || ' ' || coalesce(hash, 0) FROM retry_queue ORDER BY id"
            let before = try database.texts(kept)
            let report = try drop(RetryEntry.Status.allCases.map { "buyers/\($0.rawValue)" } + ["buyers/nobody", "--reason", "a test row"], database)
            #expect(report.exitCode == .exceptions)
            #expect(report.summary == "3 entries dropped. 4 entries were left as they are.")
            #expect(
                report.result["left"]?.elements.map { "\($0["reason"]?.shown ?? "") \($0["count"]?.shown ?? "")" } == ["unknown 1", "under_way 2", "dropped 1"])
            #expect(
                try database.texts("SELECT record_key || ' ' || status FROM retry_queue ORDER BY record_key") == [
                    "claimed claimed", "dropped dropped", "pending dropped", "permanently_failed dropped", "sent sent", "waits_for_source dropped",
                ])
            #expect(try database.texts(kept) == before)
            #expect(try database.texts("SELECT owed::text FROM sync_rows") == ["\(QueueRow().sequence.rawValue)"])
            #expect(
                try database.texts("SELECT who || ' ' || action || ' ' || record_key || ' ' || reason FROM operator_actions ORDER BY record_key")
                    == ["pending", "permanently_failed", "waits_for_source"].map { "yamada@office drop \($0) a test row" })
        }
    }

    @Test func `a dropped entry can be taken back, one that was never sent to where it was`() async throws {
        try await ScratchDatabase.with { database in
            let session = try database.session()
            try QueueRow(key: "sent").insert(session)
            try QueueRow(key: "unsent", status: .waitsForSource, isUnsent: true).insert(session)
            _ = try drop(["buyers/sent", "buyers/unsent", "--reason", "x"], database)
            let release = try command(ReleaseEntries.self, "buyers/sent", "buyers/unsent")
            let report = try release.report(release.choice(), at: database.desk())
            #expect(report.summary == "2 entries released.")
            #expect(try database.texts("SELECT status FROM retry_queue ORDER BY record_key") == ["pending", "waits_for_source"])
            #expect(try database.texts("SELECT action FROM operator_actions ORDER BY id") == ["drop", "drop", "release", "release"])
        }
    }

    @Test func `a dry run writes nothing`() async throws {
        try await ScratchDatabase.with { database in
            try QueueRow().insert(database.session())
            let report = try drop(["buyers/6666", "--reason", "x", "--dry-run"], database)
            #expect(report.summary == "1 entry would be dropped; nothing was changed.")
            #expect(try database.texts("SELECT status FROM retry_queue") == ["pending"])
            #expect(try database.texts("SELECT who FROM operator_actions").isEmpty)
        }
    }

    @Test func `nothing is dropped that cannot be recorded, nor while a retrier works on it`() async throws {
        try await ScratchDatabase.with { database in
            let retrier = try database.session()
            try QueueRow().insert(retrier)
            try database.session().query("ALTER TABLE operator_actions ADD CHECK (who <> 'nobody')")
            #expect(throws: PostgresError.self) { try drop(["buyers/6666", "--reason", "x"], database, by: "nobody") }
            try retrier.query("BEGIN")
            try retrier.query("SELECT id FROM retry_queue FOR UPDATE")
            #expect(try drop(["buyers/6666", "--reason", "x"], database).result["left"]?.elements.map { $0["reason"] } == ["busy"])
            try retrier.query("ROLLBACK")
            #expect(try database.texts("SELECT status FROM retry_queue") == ["pending"])
        }
    }

    @Test(arguments: [["--reason", "x"], ["buyers/1", "--reason", " \n"], ["6666", "--reason", "x"]])
    func `nothing named, or no reason, is refused`(words: [String]) throws {
        guard case .run(let command) = try Tool("retrier", summary: "", commands: [DropEntries.self]).request(["drop"] + words),
            let drop = command as? DropEntries
        else { throw NeverHeld(what: "the words are understood") }
        #expect(throws: UsageError.self) { try drop.names() }
    }

    @Test func `without --reason the command is not understood, and unknown names are a mistake`() async throws {
        #expect(throws: UsageError.self) { try command(DropEntries.self, "buyers/1") }
        try await ScratchDatabase.with { database in
            let error = #expect(throws: CommandFailure.self) { try drop(["buyers/1", "--reason", "x"], database) }
            #expect(error?.exitCode == .usage)
        }
    }
}
