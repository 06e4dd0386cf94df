import Foundation
import JSONText
import Kafka
import Postgres
import Records
import Synchronization
import Telemetry
import Topics

/// Tells the topics what happened: failures, which must arrive, and outcomes and alerts, which may be lost.
final class Announcer: FailureSink {
    private let pipeline: String
    private let producer: KafkaProducer
    private let failures: TopicWriter<FailureRecord>
    private let outcomes: TopicWriter<OutcomeRecord>
    private let alerts: TopicWriter<AlertRecord>
    private let log: Logger
    private let names: TopicNames
    private let partitions: Int32
    private let settings: KafkaSettings
    private let outcomeTopic = Mutex<KafkaTopic?>(nil)

    /// - Parameter partitions: of topics that have to be made.
    init(pipeline: String, names: TopicNames, partitions: Int32, settings: KafkaSettings, log: Logger) throws(KafkaError) {
        (self.pipeline, self.names, self.partitions, self.settings, self.log) = (pipeline, names, partitions, settings, log)
        var settings = settings
        // A batch waits for the answer, and its transaction stays open meanwhile.
        settings.properties.merge(["linger.ms": "0", "message.timeout.ms": "10000"]) { given, _ in given }
        producer = try KafkaProducer(settings) { notice in log.debug("Producer", metadata: [LogKeys.reason: notice.description]) }
        let source = "/rollcall/loader/\(pipeline)"
        failures = TopicWriter(producer, topic: names.failures, source: source)
        outcomes = TopicWriter(producer, topic: names.outcomes, source: source)
        alerts = TopicWriter(producer, topic: names.alerts, source: source)
    }

    func report(_ records: [FailureRecord]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { sends in
            for record in records {
                sends.addTask { [self] in
                    guard case .tooLarge = try await failures.send(record) else { return }
                    if case .tooLarge(let oversize) = try await failures.send(record.withoutChange) { throw oversize }
                }
            }
            try await sends.waitForAll()
        }
    }

    /// Makes the pipeline's topics where they are missing, whoever comes first, and outcomes ready to be told; until then none is.
    ///
    /// Tries until it succeeds or is cancelled: brokers that are away come back.
    func open() async {
        var random = SystemRandomNumberGenerator()
        for failures in 1... {
            do {
                try await KafkaAdmin(settings).ensureTopics(names.all, partitions: partitions)
                let topic = try await producer.topic(outcomes.topic)
                return outcomeTopic.withLock { $0 = topic }
            } catch {
                log.warning("Topics are not ready", metadata: [LogKeys.pipeline: pipeline, LogKeys.reason: "\(error)"])
                do { try await Task.sleep(for: Backoff.reconnecting.delay(afterFailures: failures, using: &random)) } catch { return }
            }
        }
    }

    /// Says that a batch was applied; not awaited, and nothing rests on it.
    func outcome(_ outcome: @autoclosure () -> OutcomeRecord) {
        guard let topic = outcomeTopic.withLock({ $0 }) else { return }
        do {
            if let oversize = try outcomes.enqueue(outcome(), to: topic) { log.debug("Outcome not told", metadata: [LogKeys.reason: oversize.description]) }
        } catch { log.debug("Outcome not told", metadata: [LogKeys.reason: "\(error)"]) }
    }

    /// Logs the alert and sends it without waiting; if the brokers are away, the log has it.
    func alert(_ alert: AlertRecord) {
        let facts = [LogKeys.pipeline: pipeline, LogKeys.reason: alert.message]
        if alert.isResolved { log.info("Alert over: \(alert.kind)", metadata: facts) } else { log.error("Alert: \(alert.kind)", metadata: facts) }
        Task { [self] in
            do { _ = try await alerts.send(alert) } catch { log.warning("Alert not sent", metadata: [LogKeys.reason: "\(error)"]) }
        }
    }

    /// Gives what is under way a little time.
    func close() async {
        do { try await producer.flush(within: .seconds(5)) } catch { log.warning("Some records were not sent", metadata: [LogKeys.reason: "\(error)"]) }
    }
}

extension FailureRecord {
    /// For a record that would be too large: the change is found at its position in `changes`.
    var withoutChange: FailureRecord {
        var short = self
        short.subject = .row(.null)
        short.message +=
            "; too large to carry its change, which stands at \(position.map { "\($0.topic)/\($0.partition) offset \($0.offset)" } ?? "its origin")"
        return short
    }
}
