import Failures
import Foundation
import Kafka
import Lifecycle
import Pipelines
import Postgres
import Telemetry
import Topics

/// Reads the failures of every pipeline into the queue until it is cancelled.
///
/// All it knows of its progress it can read again from the database; whatever goes wrong, it drops what is in hand and goes on from there.
actor FailureIntake: Service {
    private let settings: RetrierSettings
    private let pipelines: [PipelineDefinition]
    private let database: PostgresConnection
    private let books: IntakeBooks
    private let consumer: KafkaConsumer
    private let metrics: RetrierMetrics
    private let readiness: Readiness
    private let log: Logger

    private var epoch: UInt64?
    private var waiting: [KafkaPartition: (position: IntakePosition, records: [KafkaRecord])] = [:]

    private static let recordsMax = 200
    private static let inHandMax = 2_000

    /// - Throws: `KafkaError` when the settings make no consumer.
    init(_ pipelines: [PipelineDefinition], _ settings: RetrierSettings, readiness: Readiness, metrics: RetrierMetrics, log: Logger) throws {
        (self.pipelines, self.settings, self.metrics, self.readiness, self.log) = (pipelines, settings, metrics, readiness, log)
        database = PostgresConnection(settings.database)
        let books = IntakeBooks(database: PostgresConnection(settings.database), reader: try KafkaReader(settings.kafka), log: log)
        self.books = books
        var tuning = KafkaConsumerTuning()
        (tuning.queueBytesMax, tuning.handoffBytesMax) = (4 << 20, 2 << 20)
        consumer = try KafkaConsumer(
            settings.kafka, group: "\(settings.topicPrefix).retrier",
            topics: pipelines.map { TopicNames(prefix: settings.topicPrefix, pipeline: $0.name).failures }, owner: books, tuning: tuning
        ) { log.warning("Kafka", metadata: [LogKeys.reason: $0.description]) }
    }

    func run() async throws {
        do {
            try await ensureTopics()
            var failures = 0
            var random = SystemRandomNumberGenerator()
            while !Task.isCancelled {
                do {
                    try await step()
                    failures = 0
                    readiness.ready("failures")
                } catch let error as PostgresError where !(error.kind == .badSettings) {
                    // Another retrier was here, or the database is away: nothing is spent, and what is in hand is asked for again.
                    if error.sqlState != RollcallCode.offsetsMoved.rawValue {
                        failures += 1
                        readiness.notReady("failures", error.description)
                        log.warning("Failures wait", metadata: [LogKeys.reason: error.description])
                        try await Task.sleep(for: Backoff.reconnecting.delay(afterFailures: failures, using: &random))
                    }
                    rewind()
                } catch let error as KafkaError where error.isRetriable {
                    log.warning("Failures wait", metadata: [LogKeys.reason: error.description])
                }
            }
        } catch is CancellationError { log.info("Intake was asked to stop") }
        await consumer.close()
    }

    private func ensureTopics() async throws {
        var random = SystemRandomNumberGenerator()
        for failures in 1... {
            do {
                let names = pipelines.map { TopicNames(prefix: settings.topicPrefix, pipeline: $0.name) }
                return try await KafkaAdmin(settings.kafka).ensureTopics(Array(Set(names.flatMap(\.all))).sorted(), partitions: settings.topicPartitions)
                    .reduce(into: ()) { _, _ in }
            } catch let error as KafkaError {
                log.warning("Topics are not ready", metadata: [LogKeys.reason: error.description])
                try await Task.sleep(for: Backoff.reconnecting.delay(afterFailures: failures, using: &random))
            }
        }
    }

    private func step() async throws {
        let isIdle = waiting.values.allSatisfy { $0.records.isEmpty }
        let inHand = waiting.values.reduce(0) { $0 + $1.records.count }
        if inHand < FailureIntake.inHandMax {
            take(try await consumer.nextBatch(upTo: 500, within: isIdle ? .seconds(1) : .milliseconds(50)))
        } else {
            try await Task.sleep(for: .milliseconds(50))  // Failures whose changes the loader has not passed: it will.
        }
        for partition in waiting.keys.sorted() { try await takeIn(partition) }
    }

    private func take(_ batch: KafkaBatch) {
        if batch.epoch != epoch, let positions = books.positions(of: batch.epoch) {
            epoch = batch.epoch
            waiting = positions.mapValues { ($0, []) }
        }
        guard batch.epoch == epoch else { return }
        for message in batch {
            let record = message.copy()
            waiting[record.partition]?.records.append(record)
        }
    }

    private func takeIn(_ partition: KafkaPartition) async throws {
        guard let (position, records) = waiting[partition], !records.isEmpty else { return }
        let delays = Dictionary(uniqueKeysWithValues: pipelines.map { ($0.name, $0.retry) })
        let chunk = Array(records.prefix(FailureIntake.recordsMax))
        let before = epoch
        let result = try await database.perform { session in
            try IntakeTransaction(session: session, delays: delays, jitter: { Double.random(in: 0...0.15) }).take(chunk, at: partition, position)
        }
        metrics.tookIn(result)
        guard epoch == before, result.taken > 0, waiting[partition]?.position == position else { return }
        waiting[partition]?.records.removeFirst(result.taken)
        waiting[partition]?.position.next = chunk[result.taken - 1].offset + 1
    }

    private func rewind() {
        (epoch, waiting) = (nil, [:])
        consumer.restart()
    }
}
