import Postgres

/// Applies numbered SQL files, each in one transaction with its line in `schema_migrations`; `monitor migrate` and tests call it.
///
/// A migration may take long while the wire is silent: give the session a long `answerTimeout`.
public struct Migrator {
    private let session: PostgresSession
    /// How long a migration waits for the locks of its tables before it gives up, so that it does not stop everyone behind it.
    private let lockTimeout: Duration

    public init(_ session: PostgresSession, lockTimeout: Duration = .seconds(10)) {
        (self.session, self.lockTimeout) = (session, lockTimeout)
    }

    /// One migration and when it was applied, RFC 3339; nil while it was not.
    public struct State: Sendable, Equatable {
        public let migration: Migration
        public let appliedAt: String?
    }

    /// Services call it before their first work, so that a missing `monitor migrate` is named and not guessed from an SQLSTATE.
    /// - Throws: `MigrationError.noBooks`.
    public func requireBooks() throws {
        let newest = "retry_queue"  // Of the last migration that services cannot do without.
        guard try session.query("SELECT to_regclass($1) IS NOT NULL", [.text(newest)]).only().boolean(0) else { throw MigrationError.noBooks }
    }

    /// Every migration of one scope with its state, in order. Writes nothing, even where Rollcall never was.
    /// - Throws: `MigrationError.edited`, `MigrationError.unknownVersion`, `PostgresError`.
    public func states(_ migrations: [Migration], of scope: Migration.Scope) throws -> [State] {
        let known = try session.query("SELECT to_regclass('schema_migrations') IS NOT NULL").only().boolean(0)
        let applied = known ? try self.applied(scope) : []
        let versions = Set(migrations.map(\.version))
        if let stranger = applied.first(where: { !versions.contains($0.version) }) {
            throw MigrationError.unknownVersion(scope: scope.description, version: stranger.version, what: stranger.what)
        }
        var states: [State] = []
        for migration in migrations {
            let line = applied.first { $0.version == migration.version }
            if let line, line.checksum != (try checksum(migration)) { throw MigrationError.edited(migration.path) }
            states.append(State(migration: migration, appliedAt: line?.appliedAt))
        }
        return states
    }

    /// Applies what is pending, in order. Of several migrators at once one works and the others wait for it, file by file.
    ///
    /// - Parameter onApplied: told after each commit.
    /// - Returns: what this call applied. If one fails, those before it stay and its error is thrown.
    @discardableResult public func apply(
        _ migrations: [Migration], of scope: Migration.Scope, onApplied: (Migration) -> Void = { _ in }
    ) throws -> [Migration] {
        var done: [Migration] = []
        while let migration = try applyNext(migrations, of: scope) {
            onApplied(migration)
            done.append(migration)
        }
        return done
    }

    /// Undoes the newest migrations, newest first.
    /// - Parameter count: how many at most.
    /// - Returns: what was undone.
    @discardableResult public func undo(_ count: Int, of migrations: [Migration], in scope: Migration.Scope) throws -> [Migration] {
        var undone: [Migration] = []
        while undone.count < count, let migration = try undoNext(migrations, in: scope) { undone.append(migration) }
        return undone
    }

    private func applyNext(_ migrations: [Migration], of scope: Migration.Scope) throws -> Migration? {
        try session.transaction {
            try lockOutOthers()
            guard let next = try states(migrations, of: scope).first(where: { $0.appliedAt == nil })?.migration else { return nil }
            try run(next.up, of: next.path)
            try session.query(
                "INSERT INTO public.schema_migrations (scope, version, what, checksum) VALUES ($1, $2, $3, $4)",
                [.text(scope.description), .integer(Int64(next.version)), .text(next.what), .text(try checksum(next))])
            return next
        }
    }

    private func undoNext(_ migrations: [Migration], in scope: Migration.Scope) throws -> Migration? {
        try session.transaction {
            try lockOutOthers()
            guard let newest = try states(migrations, of: scope).last(where: { $0.appliedAt != nil })?.migration else { return nil }
            guard let down = newest.down else { throw MigrationError.noDown(newest.path) }
            try run(down, of: newest.path)
            try session.query(
                "DELETE FROM public.schema_migrations WHERE scope = $1 AND version = $2", [.text(scope.description), .integer(Int64(newest.version))])
            return newest
        }
    }

    /// Takes the migrators' lock until the transaction ends and makes sure that their table is there.
    private func lockOutOthers() throws(PostgresError) {
        try session.query("SELECT set_config('lock_timeout', '0', true), set_config('statement_timeout', '0', true)")  // The other may take long.
        try session.query("SELECT pg_advisory_xact_lock($1::integer, 0)", [.integer(Int64(FenceLock.lockClass))])
        try session.query(
            """
            CREATE TABLE IF NOT EXISTS public.schema_migrations (
                scope text NOT NULL,
                version integer NOT NULL,
                what text NOT NULL,
                checksum text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
                CONSTRAINT schema_migrations_pkey PRIMARY KEY (scope, version)
            )
            """)
        try session.query("COMMENT ON TABLE public.schema_migrations IS 'Which migrations this database has had. Written by monitor migrate.'")
    }

    private func run(_ sql: String, of path: String) throws {
        try session.query("SELECT set_config('lock_timeout', $1, true)", [.text("\(Int(lockTimeout / .milliseconds(1)))ms")])
        try session.runScript(sql)
        guard session.isInTransaction else { throw MigrationError.endsTransaction(path) }
    }

    private struct Line {
        let version: Int
        let what: String
        let checksum: String
        let appliedAt: String
    }

    private func applied(_ scope: Migration.Scope) throws(PostgresError) -> [Line] {
        let rows = try session.query(
            """
            SELECT version, what, checksum, to_char(applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
            FROM public.schema_migrations WHERE scope = $1 ORDER BY version
            """, [.text(scope.description)])
        var lines: [Line] = []
        for row in rows { lines.append(Line(version: Int(try row.integer(0)), what: try row.text(1), checksum: try row.text(2), appliedAt: try row.text(3))) }
        return lines
    }

    /// SHA-256 of what `up` runs, reckoned by the database: the books need no cryptography of their own for it.
    private func checksum(_ migration: Migration) throws(PostgresError) -> String {
        try session.query("SELECT encode(sha256(convert_to($1, 'UTF8')), 'hex')", [.text(migration.up)]).only().text(0)
    }
}
