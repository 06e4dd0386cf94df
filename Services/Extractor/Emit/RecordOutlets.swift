import Foundation
import JSONText
import Kafka
import Pipelines
import Records
import Topics

/// A run's way out to Kafka: the producer and the topics of its pipeline.
struct RecordOutlets: Sendable {
    let producer: KafkaProducer
    let changes: KafkaTopic
    private let failures: KafkaTopic
    private let names: TopicNames
    private let pipeline: String

    /// Makes what topics are missing and learns their partitions.
    /// - Throws: `KafkaError` when the brokers cannot be reached.
    init(_ producer: KafkaProducer, settings: ExtractorSettings, pipeline: String) async throws {
        (self.producer, self.pipeline) = (producer, pipeline)
        names = TopicNames(prefix: settings.topicPrefix, pipeline: pipeline)
        let timeout = min(settings.deliveryTimeout, .seconds(30))
        try await KafkaAdmin(settings.kafka).ensureTopics(names.all, partitions: settings.partitions, within: timeout)
        changes = try await producer.topic(names.changes, within: timeout)
        failures = try await producer.topic(names.failures, within: timeout)
    }

    /// Where one stream's changes go, and what is equal in all of them.
    func changes(of line: ChangeLine, run: Int64, extractedAt: String) -> ChangeOutlet {
        let headers = cloudEvent("rollcall.change", at: extractedAt) + [KafkaHeader("rollcall-run", "\(run)"), KafkaHeader("rollcall-attempt", "1")]
        return ChangeOutlet(producer: producer, topic: changes, run: run, line: line, headers: headers, idSuffix: Array("@\(run).".utf8))
    }

    /// Hands a failure to Kafka; `producer.flush` tells whether it arrived.
    func enqueue(_ failure: FailureRecord) throws {
        var headers = KafkaHeaders(cloudEvent("rollcall.failure", at: failure.failedAt))
        headers.add("ce_id", Array(failure.id.utf8))
        headers.add("rollcall-run", Array("\(failure.run)".utf8))
        let key = failure.recordKey.map { Array($0.messageKey(stream: failure.stream).utf8) } ?? Array(failure.id.utf8)
        try key.withUnsafeBytes { key in
            try failure.line().withUnsafeBytes { value in
                try producer.enqueue(topic: failures, partition: failures.partition(forKey: key), key: key, value: value, headers: headers.copy())
            }
        }
    }

    func send(_ record: RunRecord) async throws {
        let headers = cloudEvent("rollcall.run", at: record.at) + [KafkaHeader("ce_id", record.id), KafkaHeader("rollcall-run", "\(record.run)")]
        _ = try await producer.send(topic: names.runs, key: Array(pipeline.utf8), value: record.line(), headers: headers)
    }

    func send(_ alert: AlertRecord) async throws {
        let headers = cloudEvent("rollcall.alert", at: alert.raisedAt) + [KafkaHeader("ce_id", alert.id)]
        _ = try await producer.send(topic: names.alerts, key: Array(alert.fingerprint.utf8), value: alert.line(), headers: headers)
    }

    private func cloudEvent(_ type: String, at time: String) -> [KafkaHeader] {
        [
            KafkaHeader("ce_specversion", "1.0"), KafkaHeader("ce_type", type), KafkaHeader("ce_source", "/rollcall/extractor/\(pipeline)"),
            KafkaHeader("ce_time", time), KafkaHeader("content-type", "application/json"),
        ]
    }
}
