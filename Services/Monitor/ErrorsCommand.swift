import Books
import CommandLines
import Failures
import JSONText
import Postgres
import Reporting
import Settings

/// Lists the error log, filtered.
struct Errors: ReportedCommand {
    static let name = "errors", summary = "List the rows that were refused, why, where they stand in the source, and how those that wait are retried"
    static let examples = [
        (command: "monitor errors --pipeline buyers", purpose: "everything that was refused, newest last"),
        (command: "monitor errors --type field_length --since 2026-11-20", purpose: "values too long for their column, since that day (UTC)"),
        (command: "monitor errors --key 6666 --json", purpose: "all that happened to one row, for a program"),
    ]

    @Option("only this pipeline", value: "NAME") var pipeline: String?
    @Option("only from this time on: 2026-11-20 (its beginning, UTC) or 2026-11-20T09:00:00+09:00", value: "TIME") var since: Moment?
    @Option("only before this time; a date alone means to its end, UTC", value: "TIME") var until: Moment?
    @Option("only this kind") var type: ErrorCategory?
    @Option("only the row of this key, as in record_key", value: "KEY") var key: String?
    @Flag(jsonHelp) var json = false

    func report() async throws -> CommandReport {
        let settings = try SettingsReader.environment.read(PostgresSettings.self)
        return try report(PostgresSession.connect(settings))
    }

    func report(_ session: PostgresSession) throws -> CommandReport {
        try Migrator(session).requireBooks()
        let query = ErrorQuery(pipeline: pipeline, since: since?.start, until: until?.end, category: type, key: key)
        let errors = try query.run(in: session)
        // What waits, waits now: the time of the errors asked for is no filter of it.
        let waiting = try WaitingRows.of(pipeline: pipeline, category: type?.rawValue, key: key, in: session)
        let parts = [errors.map(\.line), waiting.map(\.line)].filter { !$0.isEmpty }
        return CommandReport(
            summary: "\(count(errors.count, "error")) found.", details: parts.map { $0.joined(separator: "\n") }.joined(separator: "\n\n"),
            result: .object(["errors": .array(errors.map { .object($0.json) }), "waiting": .array(waiting.map { .object($0.json) })]))
    }
}

extension ErrorCategory: CommandValue {}
