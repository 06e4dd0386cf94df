import CommandLines
import Foundation
import Lifecycle
import Pipelines
import Postgres
import Reporting
import Telemetry

/// `extractor run`: the service that runs every pipeline by its schedule.
struct Run: Command {
    static let name = "run", summary = "Run every pipeline by its schedule until stopped, and serve /livez, /readyz and /metrics"
    static let examples = [
        (command: "extractor run", purpose: "all pipelines that have a schedule"),
        (command: "extractor run --pipeline buyers", purpose: "only this one"),
    ]

    @Option("only these pipelines") var pipeline: [String] = []

    func run() async throws -> ExitCode {
        try await told {
            let office = try Office(environment: ProcessInfo.processInfo.environment)
            return ExitCode(stoppedBy: try await ServiceRun(services(office, try office.directory.load(only: pipeline))).run())
        }
    }

    /// The services in starting order; they stop in reverse.
    func services(_ office: Office, _ pipelines: [PipelineDefinition]) -> [any Service] {
        let readiness = Readiness(waitingFor: ["postgres"]), metrics = Metrics()
        let health = HealthEndpoint(office.settings.telemetry, readiness: readiness, metrics: metrics, log: office.log)
        return [health, ScheduledRuns(office, pipelines, readiness: readiness, metrics: metrics)]
    }
}
