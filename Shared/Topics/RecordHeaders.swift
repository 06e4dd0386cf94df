import Kafka
import Records

/// The headers of Rollcall's records: CloudEvents in binary mode, so that tools that know nothing of Rollcall can route and show them.
///
/// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
public enum RecordHeaders {
    public static let id = "ce_id", type = "ce_type", source = "ce_source", time = "ce_time", specVersion = "ce_specversion"
    public static let contentType = "content-type", run = "rollcall-run", attempt = "rollcall-attempt"

    /// What all records of one run, stream and type have in common; the fast path adds `ce_id` to a copy.
    ///
    /// - Parameter source: who writes, as in `/rollcall/extractor/buyers`.
    public static func constant(type eventType: String, source writer: String, time at: String, run number: Int64? = nil, attempt count: Int? = nil)
        -> [KafkaHeader]
    {
        var headers = [
            KafkaHeader(specVersion, "1.0"), KafkaHeader(type, eventType), KafkaHeader(source, writer), KafkaHeader(time, at),
            KafkaHeader(contentType, "application/json"),
        ]
        if let number { headers.append(KafkaHeader(run, "\(number)")) }
        if let count { headers.append(KafkaHeader(attempt, "\(count)")) }
        return headers
    }

    /// All headers of one record.
    public static func all(of record: some TopicRecord, source: String) -> [KafkaHeader] {
        var headers = constant(
            type: type(of: record), source: source, time: record.time, run: record.headerRun, attempt: record.headerAttempt)
        headers.append(KafkaHeader(id, record.id))
        if let failure = record as? FailureRecord { headers += connectErrors(of: failure, source: source) }
        return headers
    }

    private static func type<Record: TopicRecord>(of record: Record) -> String { Record.eventType }

    /// As Kafka Connect marks what it puts aside (KIP-298), so that tools for its dead-letter queues read ours. No values, as in the record's message.
    static func connectErrors(of failure: FailureRecord, source: String) -> [KafkaHeader] {
        let isMapping = if case .row = failure.subject { true } else { false }
        var headers: [KafkaHeader] = []
        if let position = failure.position {
            headers += [
                KafkaHeader("__connect.errors.topic", position.topic), KafkaHeader("__connect.errors.partition", "\(position.partition)"),
                KafkaHeader("__connect.errors.offset", "\(position.offset)"), KafkaHeader("__connect.errors.task.id", "\(position.partition)"),
            ]
        }
        headers += [
            KafkaHeader("__connect.errors.connector.name", failure.pipeline),
            KafkaHeader("__connect.errors.stage", isMapping ? "TRANSFORMATION" : "TASK_PUT"), KafkaHeader("__connect.errors.class.name", source),
            KafkaHeader("__connect.errors.exception.class.name", "\(failure.category)/\(failure.code)"),
            KafkaHeader("__connect.errors.exception.message", failure.message),
        ]
        return headers
    }
}
