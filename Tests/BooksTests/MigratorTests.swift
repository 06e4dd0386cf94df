import Books
import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct MigratorTests {
    private func books() throws -> [Migration] { try Migration.load(.books, from: Repository.root.appending(path: "migrations")) }

    @Test func `the books go up, down without a trace, and up again`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let session = try database.session()
            let migrator = Migrator(session)
            let all = try books()
            #expect(try migrator.apply(all, of: .books) == all)
            #expect(try migrator.apply(all, of: .books) == [])
            #expect(try migrator.states(all, of: .books).allSatisfy { $0.appliedAt != nil })
            #expect(try migrator.undo(all.count, of: all, in: .books) == all.reversed())
            let left = try session.query(
                """
                SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'S')
                UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
                """
            ).map { $0.optionalText(0) }
            #expect(left == ["schema_migrations"])
            #expect(try migrator.apply(all, of: .books) == all)
        }
    }

    @Test func `the tables of the retries go down and up again over books in use, and the book of failures is right each time`() async throws {
        try await ScratchDatabase.with { database in
            let session = try database.session()
            let migrator = Migrator(session), all = try books()
            try session.runScript(
                """
                INSERT INTO run_tallies (run, stream, partition, highest_ordinal, failed) VALUES (1, 's', 0, 2, 2);
                INSERT INTO sync_rows (pipeline, stream, key, sequence, owed, run, synced_at) VALUES ('p', 's', '1', 0, 10, 1, now()), ('p', 's', '2', 0, 11, 1, now());
                INSERT INTO sync_error_log (id, pipeline, stream, run, service, record_key, sequence, attempt, error_type, error_code, message, retryable)
                VALUES ('1', 'p', 's', 1, 'loader', '1', 10, 1, 'unknown', 'XX000', 'm', true), ('2', 'p', 's', 1, 'loader', '2', 11, 1, 'unknown', 'XX000', 'm', true);
                INSERT INTO retry_queue (id, pipeline, stream, record_key, run, sequence, change, error_type, error_code, message, incident, status,
                    attempt_count, budget_from, next_retry_at, first_failed_at, last_failed_at)
                VALUES ('1', 'p', 's', '1', 1, 10, '{}', 'unknown', 'XX000', 'm', 'i', 'pending', 1, 1, now(), now(), now());
                """)
            #expect(try RunFailures.of(run: 1, in: session) == RunFailures(failed: 2, refused: 1, retrying: 1))
            #expect(try migrator.undo(all.count - 1, of: all, in: .books) == all.dropFirst().reversed())
            let before = try session.query("SELECT failed, refused, explained FROM run_failures").only()
            #expect(try (before.integer(0), before.integer(1), before.boolean(2)) == (2, 2, true))
            #expect(try migrator.apply(all, of: .books) == Array(all.dropFirst()))
            #expect(try RunFailures.of(run: 1, in: session) == RunFailures(failed: 2, refused: 2), "the queue is empty, the rows are owed as before")
        }
    }

    private func migration(_ version: Int, _ up: String, down: String? = nil) throws -> [Migration] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "migrations-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { _ = Result { try FileManager.default.removeItem(at: folder) } }
        let stem = "00\(version)_change"
        try Data(up.utf8).write(to: folder.appending(path: "\(stem).up.sql"))
        if let down { try Data(down.utf8).write(to: folder.appending(path: "\(stem).down.sql")) }
        return try Migration.load(.books, from: folder)
    }

    @Test func `two migrators at once apply each file once`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let files = try books() + migration(9, "CREATE TABLE slow AS SELECT pg_sleep(0.2)::text AS pause")
            let applied = try await withThrowingTaskGroup(of: [Migration].self) { group in
                for _ in 0..<3 { group.addTask { try Migrator(database.session()).apply(files, of: .books) } }
                return try await group.reduce([]) { $0 + $1 }
            }
            #expect(applied.map(\.path).sorted() == files.map(\.path).sorted())
        }
    }

    @Test func `a migrator waits until the other is done`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let other = try database.session()
            try other.query("SELECT pg_advisory_lock($1::integer, 0)", [.integer(Int64(FenceLock.lockClass))])
            let files = try books()
            let connection = PostgresConnection(database.settings())  // Waits on a thread of its own.
            let migrating = Task { try await connection.perform { try Migrator($0).apply(files, of: .books).count } }
            try await eventually("the migrator waits for the lock") {
                try other.query(
                    "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                ).count == 1
            }
            try other.query("SELECT pg_advisory_unlock($1::integer, 0)", [.integer(Int64(FenceLock.lockClass))])
            #expect(try await migrating.value == files.count)
        }
    }

    @Test func `a file edited after it was applied is named`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let migrator = Migrator(try database.session())
            try migrator.apply(migration(1, "CREATE TABLE a ()"), of: .books)
            let edited = try migration(1, "CREATE TABLE a (n bigint)")
            #expect(throws: MigrationError.edited("001_change.up.sql")) { try migrator.apply(edited, of: .books) }
            #expect(throws: MigrationError.edited("001_change.up.sql")) { try migrator.states(edited, of: .books) }
        }
    }

    @Test func `a database from a newer Rollcall is left alone`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let migrator = Migrator(try database.session())
            try migrator.apply(migration(2, "CREATE TABLE a ()"), of: .books)
            let older = try migration(1, "CREATE TABLE b ()")
            #expect(throws: MigrationError.unknownVersion(scope: "books", version: 2, what: "change")) { try migrator.apply(older, of: .books) }
        }
    }

    @Test(arguments: [("CREATE TABLE a (); SELECT 1/0", nil), ("CREATE TABLE a (); COMMIT", MigrationError.endsTransaction("001_change.up.sql"))])
    func `a file that fails is not counted as applied`(sql: String, error: MigrationError?) async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let session = try database.session()
            let files = try migration(1, sql)
            let thrown = #expect(throws: (any Error).self) { try Migrator(session).apply(files, of: .books) }
            if let error { #expect(thrown as? MigrationError == error) } else { #expect((thrown as? PostgresError)?.sqlState == "22012") }
            #expect(try Migrator(session).states(files, of: .books).map(\.appliedAt) == [nil])
        }
    }

    @Test func `a migration does not wait for ever for a table in use`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let session = try database.session(), user = try database.session()
            try user.runScript("CREATE TABLE busy (n varchar(50))")
            try user.runScript("BEGIN; LOCK TABLE busy IN ACCESS SHARE MODE")
            let files = try migration(1, "ALTER TABLE busy ALTER n TYPE text")
            let error = #expect(throws: PostgresError.self) { try Migrator(session, lockTimeout: .milliseconds(100)).apply(files, of: .books) }
            #expect(error?.sqlState == "55P03")
            try user.query("COMMIT")
            try Migrator(session).apply(files, of: .books)
        }
    }

    @Test func `what cannot be undone says so`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let migrator = Migrator(try database.session())
            let files = try migration(1, "CREATE TABLE a ()")
            try migrator.apply(files, of: .books)
            #expect(throws: MigrationError.noDown("001_change.up.sql")) { try migrator.undo(1, of: files, in: .books) }
        }
    }

    @Test func `books and the tables of a pipeline count their versions apart`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let migrator = Migrator(try database.session())
            let files = try migration(1, "CREATE TABLE IF NOT EXISTS a ()")
            #expect(try migrator.apply(files, of: .books).count == 1)
            #expect(try migrator.apply(files, of: .pipeline("books")).count == 1)
            #expect(try migrator.apply(files, of: .pipeline("books")).isEmpty)
        }
    }

    @Test(arguments: [
        ["1.sql"], ["001_a.sql"], ["a_b.up.sql"], ["000_a.up.sql"], ["001_.up.sql"], ["001_a.down.sql"], ["001_a.up.sql", "001_b.up.sql"],
    ])
    func `a folder that is not in order is refused`(names: [String]) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "migrations-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { _ = Result { try FileManager.default.removeItem(at: folder) } }
        for name in names { try Data("SELECT 1".utf8).write(to: folder.appending(path: name)) }
        #expect(throws: MigrationError.self) { try Migration.load(.books, from: folder) }
    }
}
