import CommandLines
import Lifecycle
import Pipelines
import Reporting
import Settings
import Telemetry

@main struct LoaderApp {
    static func main() async {
        await Tool("loader", summary: "Applies change records to Postgres", commands: [Run.self]).main()
    }
}

/// Applies changes until it is stopped.
struct Run: Command {
    static let name = "run", summary = "Apply changes until stopped"
    static let examples = [
        (command: "loader run", purpose: "the changes of every pipeline in ROLLCALL_PIPELINES"),
        (command: "loader run --pipeline buyers", purpose: "the changes of one pipeline"),
    ]
    @Option("only this pipeline; may be given several times") var pipeline: [String] = []

    func run() async throws -> ExitCode {
        let reader = SettingsReader.environment
        let services = try services(reader.read(LoaderSettings.self), warnings: reader.warnings)
        return ExitCode(stoppedBy: try await ServiceRun(services).run())
    }

    /// The services in starting order; they stop in reverse.
    func services(_ settings: LoaderSettings, warnings: [String] = []) throws -> [any Service] {
        let log = Logger(service: "loader", level: settings.telemetry.logLevel)
        for warning in warnings { log.warning("Settings", metadata: [LogKeys.reason: warning]) }
        let directory = PipelineDirectory(path: settings.pipelinesPath, environment: settings.environment), pipelines: [PipelineDefinition]
        do { pipelines = try directory.load(only: pipeline) } catch { throw CommandFailure(.usage, "\(error)") }
        let readiness = Readiness(waitingFor: ["kafka"]), metrics = Metrics()
        let counts = LoaderMetrics(metrics)
        let appliers = try pipelines.map { try ChangeApplier($0, settings, readiness: readiness, metrics: counts, log: log) }
        return [HealthEndpoint(settings.telemetry, readiness: readiness, metrics: metrics, log: log)] + appliers
    }
}
