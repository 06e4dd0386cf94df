import CommandLines
import Lifecycle
import Pipelines
import Reporting
import Settings
import Telemetry

/// Takes failures in and sends what is due again, until it is stopped.
struct Run: Command {
    static let name = "run", summary = "Take failures in and send what is due again, until stopped"
    static let examples = [
        (command: "retrier run", purpose: "the failures of every pipeline in ROLLCALL_PIPELINES; as many side by side as you like"),
        (command: "retrier run --pipeline buyers", purpose: "the failures of one pipeline"),
    ]
    @Option("only this pipeline; may be given several times") var pipeline: [String] = []

    func run() async throws -> ExitCode {
        let reader = SettingsReader.environment
        let services = try services(reader.read(RetrierSettings.self), warnings: reader.warnings)
        return ExitCode(stoppedBy: try await ServiceRun(services).run())
    }

    /// The services in starting order; they stop in reverse.
    func services(_ settings: RetrierSettings, warnings: [String] = []) throws -> [any Service] {
        let log = Logger(service: "retrier", level: settings.telemetry.logLevel)
        for warning in warnings { log.warning("Settings", metadata: [LogKeys.reason: warning]) }
        let directory = PipelineDirectory(path: settings.pipelinesPath, environment: settings.environment), pipelines: [PipelineDefinition]
        do { pipelines = try directory.load(only: pipeline) } catch { throw CommandFailure(.usage, "\(error)") }
        let readiness = Readiness(waitingFor: ["postgres", "failures"]), metrics = Metrics()
        let counts = RetrierMetrics(metrics)
        return [
            HealthEndpoint(settings.telemetry, readiness: readiness, metrics: metrics, log: log),
            try FailureIntake(pipelines, settings, readiness: readiness, metrics: counts, log: log),
            QueueService(
                cycle: try RetryCycle(pipelines, settings, log: log), pause: settings.pause, readiness: readiness, metrics: counts, log: log),
        ]
    }
}
