import Books
import CommandLines
import Foundation
import Postgres
import Reporting
import Settings
import TestSupport
import Testing

@testable import Monitor

@Suite struct MigrateTests {
    private func run(_ words: [String], _ database: ScratchDatabase) throws -> CommandReport {
        let tool = Tool("monitor", summary: "", commands: [Migrate.self])
        guard case .run(let command) = try tool.request(["migrate"] + words), let migrate = command as? Migrate else {
            throw NeverHeld(what: "the words are understood")
        }
        let settings = try SettingsReader(values: ["DATABASE_URL": database.url, "ROLLCALL_MIGRATIONS": Repository.root.appending(path: "migrations").path])
            .read(MigrationSettings.self)
        return try migrate.report(settings, PostgresSession.connect(settings.database))
    }

    @Test func `a dry run names what is pending and changes nothing`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let report = try run(["--dry-run"], database)
            #expect(report.details.contains("would be applied  001_books.up.sql"))
            #expect(try database.session().query("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace").isEmpty)
        }
    }

    @Test func `the books are applied, listed and undone`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let first = try run([], database), again = try run([], database), status = try run(["--status"], database)
            #expect(first.details.hasPrefix("applied  001_books.up.sql"))
            #expect(again.summary.hasPrefix("Nothing to do"))
            #expect(status.summary.hasSuffix("0 pending."))
            let planned = try run(["--down", "1", "--dry-run"], database)
            #expect(planned.details.hasPrefix("would be undone"))
            let session = try database.session()
            #expect(try session.query("SELECT to_regclass('sync_runs') IS NOT NULL").only().boolean(0))
            let undone = try run(["--down", "99"], database)
            #expect(undone.details.hasPrefix("undone"))
            #expect(try session.query("SELECT to_regclass('sync_runs') IS NULL").only().boolean(0))
        }
    }

    @Test(arguments: [["--down", "0"], ["--down", "1", "--status"]])
    func `options that make no sense are refused`(words: [String]) async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            #expect(throws: UsageError.self) { _ = try run(words, database) }
        }
    }
}
