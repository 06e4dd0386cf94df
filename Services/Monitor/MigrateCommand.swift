import Books
import CommandLines
import JSONText
import Postgres
import Reporting
import Settings

/// Brings tables to the shape this version expects.
struct Migrate: ReportedCommand {
    static let name = "migrate", summary = "Apply migrations that the database has not had, each in one transaction"
    static let examples = [
        (command: "monitor migrate", purpose: "create or update Rollcall's own tables"),
        (command: "monitor migrate --pipeline buyers", purpose: "apply the migrations of a pipeline's tables, those in migrations/buyers"),
        (command: "monitor migrate --dry-run", purpose: "see what would be applied, and change nothing"),
        (command: "monitor migrate --down 1", purpose: "undo the newest one"),
    ]

    @Option("migrate this pipeline's tables instead of Rollcall's own", value: "NAME") var pipeline: String?
    @Flag("list every migration and whether it was applied; change nothing") var status = false
    @Option("undo this many, newest first", value: "N") var down: Int?
    @Flag("show what would be done, and change nothing") var dryRun = false
    @Flag(jsonHelp) var json = false

    func report() async throws -> CommandReport {
        let settings = try SettingsReader.environment.read(MigrationSettings.self)
        return try report(settings, PostgresSession.connect(settings.database))
    }

    /// - Throws: `UsageError` for options that do not go together, `MigrationError`, `PostgresError`.
    func report(_ settings: MigrationSettings, _ session: PostgresSession) throws -> CommandReport {
        if let down, down < 1 { throw UsageError(problem: "--down is \(down); expected how many to undo, 1 or more") }
        if status, down != nil { throw UsageError(problem: "--status lists and --down undoes; expected one of them") }
        let scope = pipeline.map { Migration.Scope.pipeline($0) } ?? .books
        let files = try Migration.load(scope, from: settings.directory)
        let migrator = Migrator(session)
        let states = try migrator.states(files, of: scope)
        if status { return statusReport(states) }
        if let down {
            let newest = states.filter { $0.appliedAt != nil }.suffix(down).reversed().map(\.migration)
            return changeReport("undone", dryRun ? Array(newest) : try migrator.undo(down, of: files, in: scope))
        }
        let pending = states.filter { $0.appliedAt == nil }.map(\.migration)
        return changeReport("applied", dryRun ? pending : try migrator.apply(files, of: scope))
    }

    private func statusReport(_ states: [Migrator.State]) -> CommandReport {
        let pending = states.count { $0.appliedAt == nil }
        let lines = states.map { state in "\(state.appliedAt ?? "pending             ")  \(state.migration.path)" }
        let result = states.map { state in
            JSONValue.object(["migration": .string(state.migration.path), "applied_at": state.appliedAt.map { .string($0) } ?? .null])
        }
        return CommandReport(
            summary: "\(count(states.count - pending, "migration")) applied, \(grouped(pending)) pending.", details: lines.joined(separator: "\n"),
            result: .object(["migrations": .array(result)]))
    }

    private func changeReport(_ word: String, _ migrations: [Migration]) -> CommandReport {
        let paths = migrations.map(\.path)
        let summary =
            switch (migrations.isEmpty, dryRun) {
            case (true, _): "Nothing to do: \(word == "applied" ? "the database has had every migration" : "no migration was applied")."
            case (false, true): "Would be \(word): \(count(paths.count, "migration")). Nothing was changed."
            case (false, false): "\(count(paths.count, "migration")) \(word)."
            }
        return CommandReport(
            summary: summary, details: paths.map { "\(dryRun ? "would be \(word)" : word)  \($0)" }.joined(separator: "\n"),
            result: .object([word: .array(paths.map { .string($0) }), "dry_run": .bool(dryRun)]))
    }
}
