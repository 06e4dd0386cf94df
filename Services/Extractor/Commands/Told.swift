import Books
import CommandLines
import Kafka
import Lifecycle
import Mapping
import Pipelines
import Postgres
import Reporting
import Sources
import Synchronization

/// Does a command's work and gives every foreseen error its exit code: 2 for what a person must correct, 3 for what is away.
func told<Value>(_ work: () async throws -> Value) async throws -> Value {
    do { return try await work() } catch {
        guard let code = exitCode(of: error) else { throw error }
        throw CommandFailure(code, "\(error)")
    }
}

/// Nil for an error that is nobody's but ours, or that has an exit code already.
func exitCode(of error: any Error) -> ExitCode? {
    switch error {
    case let error as RunFailed: exitCode(of: error.cause) ?? .failure
    case is CancellationError: .interrupted
    case let error as any CustomExit: error.exitCode
    case is KafkaError, is KafkaDeliveryError, is LeaseExpired, is LeaseLost, is RunFenced: .environment
    case let error as SourceError: error.kind == .unusable ? .usage : .environment
    case is HeaderError, is PipelineError, is PreflightStop, is ZoneError: .usage
    case is PlanNotMet: .environment
    default: nil
    }
}

/// Does `work` until it ends or a signal stops it; a second signal ends the process at once.
func untilSignalled(_ work: @escaping @Sendable () async throws -> CommandReport) async throws -> CommandReport {
    let service = OneTask(work: work)
    let signal = try await ServiceRun([service]).run()
    if let report = service.report { return report }
    return CommandReport(ExitCode(stoppedBy: signal), summary: service.ending ?? "Stopped before it was done.")
}

/// One piece of work as a service, so that signals reach it.
private final class OneTask: Service {
    private let work: @Sendable () async throws -> CommandReport
    private let state = Mutex<(report: CommandReport?, ending: String?)>((nil, nil))

    init(work: @escaping @Sendable () async throws -> CommandReport) { self.work = work }

    var report: CommandReport? { state.withLock { $0.report } }
    /// What a stopped piece of work said at its end.
    var ending: String? { state.withLock { $0.ending } }

    func run() async throws {
        do {
            let report = try await work()
            state.withLock { $0.report = report }
        } catch let error as RunFailed where error.cause is CancellationError {
            state.withLock { $0.ending = error.summary }
        } catch is CancellationError {
            return
        }
    }
}
