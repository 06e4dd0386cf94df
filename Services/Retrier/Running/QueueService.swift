import Failures
import Foundation
import Lifecycle
import Postgres
import Telemetry

/// Walks the queue again and again until it is cancelled; an outage spends nothing (invariant 8).
struct QueueService: Service {
    let cycle: RetryCycle
    let pause: Duration
    let readiness: Readiness
    let metrics: RetrierMetrics
    let log: Logger

    func run() async throws {
        var failures = 0
        var random = SystemRandomNumberGenerator()
        do {
            while !Task.isCancelled {
                do {
                    // A cycle that has claimed something finishes it, also when it is told to stop.
                    let result = try await finishing { try await cycle.run() }
                    metrics.walked(result)
                    readiness.ready("postgres")
                    failures = 0
                    // The database has other work: a long queue is no reason to walk it without a rest.
                    if !result.isFull { try await Task.sleep(for: result.isIdle ? pause : pause / 4) }
                } catch is CancellationError {
                    throw CancellationError()
                } catch {
                    failures += 1
                    readiness.notReady("postgres", "\(error)")
                    log.warning("The queue rests", metadata: [LogKeys.reason: "\(error)"])
                    try await Task.sleep(for: Backoff.reconnecting.delay(afterFailures: failures, using: &random))
                }
            }
        } catch is CancellationError { log.info("Asked to stop") }
        await cycle.close()
    }
}
