import CommandLines
import Foundation
import JSONText
import Kafka
import Pipelines
import Records
import Reporting
import Topics

/// A run's way out to Kafka: the producer and the topics of its pipeline.
struct RecordOutlets: Sendable {
    let producer: KafkaProducer
    let changes: KafkaTopic
    private let failures: KafkaTopic
    private let names: TopicNames
    private let pipeline: String

    /// Makes what topics are missing and learns their partitions.
    /// - Throws: `CommandFailure` when no broker answers, `KafkaError` when one refuses.
    init(_ producer: KafkaProducer, settings: ExtractorSettings, pipeline: String) async throws {
        (self.producer, self.pipeline) = (producer, pipeline)
        names = TopicNames(prefix: settings.topicPrefix, pipeline: pipeline)
        let timeout = min(settings.deliveryTimeout, .seconds(30))
        do {
            try await KafkaAdmin(settings.kafka).ensureTopics(names.all, partitions: settings.partitions, within: timeout)
        } catch let error as KafkaError where error.isRetriable {
            throw CommandFailure(
                .environment,
                "no Kafka broker answers at \(settings.kafka.bootstrapServers) (\(error.name)); is it running, and is KAFKA_BOOTSTRAP_SERVERS right?")
        }
        changes = try await producer.topic(names.changes, within: timeout)
        failures = try await producer.topic(names.failures, within: timeout)
    }

    /// Where one stream's changes go, and what is equal in all of them.
    func changes(of line: ChangeLine, run: Int64, extractedAt: String) -> ChangeOutlet {
        let headers = RecordHeaders.constant(type: ChangeRecord.eventType, source: source, time: extractedAt, run: run, attempt: 1)
        return ChangeOutlet(producer: producer, topic: changes, run: run, line: line, headers: headers, idSuffix: Array("@\(run).".utf8))
    }

    /// Hands a failure to Kafka; `producer.flush` tells whether it arrived. One that no broker takes goes without the row's cells.
    func enqueue(_ failure: FailureRecord) throws {
        let writer = TopicWriter<FailureRecord>(producer, topic: names.failures, source: source)
        guard try writer.enqueue(failure, to: failures) != nil else { return }
        var slim = failure
        slim.subject = .row(.object(["omitted_bytes": .number(String(failure.line().count))]))
        if let oversize = try writer.enqueue(slim, to: failures) { throw oversize }
    }

    func send(_ record: RunRecord) async throws {
        _ = try await TopicWriter(producer, topic: names.runs, source: source).send(record)
    }

    func send(_ alert: AlertRecord) async throws {
        _ = try await TopicWriter(producer, topic: names.alerts, source: source).send(alert)
    }

    private var source: String { "/rollcall/extractor/\(pipeline)" }
}
