import CommandLines
import Foundation
import JSONText
import Postgres
import Reporting

/// `extractor approve`: lets the next run do what a guard held, once, if it is still the same.
struct Approve: ReportedCommand {
    static let name = "approve", summary = "Let the next run past the guard that held this one, once, if its plan is the same"
    static let examples = [(command: "extractor approve 42", purpose: "the rows that run 42 wanted to delete are really gone")]

    @Argument("the number of the held run") var run: Int
    @Flag(jsonHelp) var json = false

    func report() async throws -> CommandReport {
        try await told {
            let office = try Office(environment: ProcessInfo.processInfo.environment)
            let number = Int64(run), by = office.holder
            let pipeline = try await PostgresConnection(office.settings.database).perform { session in try approve(number, by: by, in: session) }
            return CommandReport(
                summary: "Run \(run) is approved: the next run of \(pipeline) does the same without asking, if its plan is the same.",
                result: .object(["run": .number("\(run)"), "pipeline": .string(pipeline)]))
        }
    }
}

/// - Returns: the run's pipeline.
/// - Throws: `CommandFailure` when the run is not held, was approved before, or is not its pipeline's newest.
func approve(_ run: Int64, by person: String, in session: PostgresSession) throws -> String {
    guard
        let found = try session.query(
            """
            SELECT pipeline, status, approved_at IS NOT NULL, (SELECT max(run) FROM sync_runs n WHERE n.pipeline = r.pipeline AND n.status <> 'failed')
            FROM sync_runs r WHERE run = $1
            """, [.integer(run)]
        ).first
    else { throw CommandFailure(.usage, "there is no run \(run); `extractor sync` names the run it held") }
    let pipeline = try found.text(0), status = try found.text(1)
    guard status == "held" else { throw CommandFailure(.usage, "run \(run) of \(pipeline) is \(status); only a held run can be approved") }
    guard try !found.boolean(2) else { throw CommandFailure(.usage, "run \(run) of \(pipeline) was approved before; an approval holds for one run") }
    if let newest = try found.optionalInteger(3), newest > run {
        throw CommandFailure(.usage, "run \(newest) of \(pipeline) came after run \(run); approve that one, if it is held")
    }
    try session.query("UPDATE sync_runs SET approved_at = clock_timestamp(), approved_by = $2 WHERE run = $1", [.integer(run), .text(person)])
    return pipeline
}
