import CommandLines
import Lifecycle
import Postgres
import Reporting
import Settings
import Telemetry

@main struct MonitorApp {
    static func main() async {
        await Tool("monitor", summary: "Keeps Rollcall's tables in shape and tells what failed", commands: [Migrate.self, Errors.self, Run.self]).main()
    }
}

/// Watches whether the database answers, for whoever asks the health endpoint.
struct Run: Command {
    static let name = "run", summary = "Serve /livez, /readyz and /metrics until stopped; checks of streams and alerts are not built yet"
    static let examples = [(command: "monitor run", purpose: "say on a health endpoint whether the database answers")]

    func run() async throws -> ExitCode {
        let services = services(try SettingsReader.environment.read(MonitorSettings.self))
        return ExitCode(stoppedBy: try await ServiceRun(services).run())
    }

    /// The services in starting order; they stop in reverse.
    func services(_ settings: MonitorSettings) -> [any Service] {
        let log = Logger(service: "monitor", level: settings.telemetry.logLevel)
        let readiness = Readiness(waitingFor: ["postgres"]), metrics = Metrics()
        let health = HealthEndpoint(settings.telemetry, readiness: readiness, metrics: metrics, log: log)
        let database = PostgresConnection(settings.database)
        return [health, DatabaseWatch(database, every: settings.watchInterval, readiness: readiness, metrics: metrics, log: log)]
    }
}
