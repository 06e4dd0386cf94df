import Books
import Kafka
import Lifecycle
import Pipelines
import Postgres
import Telemetry

extension RunWork {
    /// Closes the run `failed`, and says why. What was sent is in the books all the same, and the next run finds what is missing.
    /// - Returns: the error for whoever asked for the run.
    func fail(_ cause: any Error) async throws -> RunFailed {
        let reason = cause is CancellationError ? "interrupted" : "\(cause)"
        let summary = ClosingSentence(pipeline: pipeline.name, run: run, word: .failed, reason: reason).text
        do {
            try await finishing {
                try await ledger.close(run, lease: lease, RunClosing(word: .failed, summary: summary, seconds: startedAt.duration(to: .now) / .seconds(1)))
            }
        } catch {
            // Fenced, or the database is away: the next run closes this one's line.
            log.warning("Run could not be closed; the next run of the pipeline closes it", metadata: [LogKeys.run: "\(run)", LogKeys.reason: "\(error)"])
        }
        log.info("Run closed", metadata: [LogKeys.run: "\(run)", LogKeys.outcome: ClosingWord.failed.rawValue, LogKeys.reason: reason])
        if !(cause is KafkaError || cause is KafkaDeliveryError),
            let outlets = try? await RecordOutlets(sync.producer, settings: sync.settings, pipeline: pipeline.name)
        {
            await RunNotices(outlets: outlets, pipeline: pipeline.name, run: run, log: log).closed(.failed, summary)
        }
        return RunFailed(run: run, summary: summary, cause: cause)
    }
}
