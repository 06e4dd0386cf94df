import CommandLines
import Lifecycle
import Reporting
import Settings
import Telemetry

@main struct VerifierApp {
    static func main() async {
        await Tool("verifier", summary: Run.honesty, commands: [Run.self]).main()
    }
}

/// Keeps the place of a service that is not built yet: it can be deployed and watched, and says so.
struct Run: Command {
    static let name = "run", summary = "Serve /livez, /readyz and /metrics until stopped; nothing else is built yet"
    static let examples = [(command: "verifier run", purpose: "hold its place in a deployment; it reads and writes nothing")]
    static let honesty =
        "NOT BUILT YET: one day it re-reads the source and compares it with the database. Compare counts with the view run_books and list what waits with rows_waiting."

    func run() async throws -> ExitCode {
        let services = services(try SettingsReader.environment.read(TelemetrySettings.self))
        return ExitCode(stoppedBy: try await ServiceRun(services).run())
    }

    /// The services in starting order; they stop in reverse.
    func services(_ settings: TelemetrySettings) -> [any Service] {
        let log = Logger(service: "verifier", level: settings.logLevel)
        log.info(Run.summary)
        return [HealthEndpoint(settings, readiness: Readiness(), metrics: Metrics(), log: log)]
    }
}
