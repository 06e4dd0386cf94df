import Kafka
import Records

/// Writes the records of one type to one topic, each as one line of JSON under its key, with its headers.
///
/// A record larger than the brokers take is reported as a value before it is produced, never dropped and never thrown away by the broker:
/// the caller makes a failure of it.
public struct TopicWriter<Record: TopicRecord>: Sendable {
    /// How writing one record ended.
    public enum Written: Sendable, Equatable {
        case delivered(KafkaDelivery)
        case tooLarge(OversizeRecord)
    }

    public let topic: String
    private let producer: KafkaProducer
    private let source: String

    /// - Parameter source: who writes, for `ce_source`: `/rollcall/loader/buyers`.
    public init(_ producer: KafkaProducer, topic: String, source: String) { (self.producer, self.topic, self.source) = (producer, topic, source) }

    /// Sends one record and returns once the brokers have it (invariant 2 rests on this for failures).
    ///
    /// - Throws: `KafkaError`; what is retriable has been retried by then.
    public func send(_ record: Record) async throws -> Written {
        let line = record.line(), key = Array(record.messageKey.utf8)
        if let oversize = oversize(record, key, line) { return .tooLarge(oversize) }
        return .delivered(try await producer.send(topic: topic, key: key, value: line, headers: RecordHeaders.all(of: record, source: source)))
    }

    /// Hands one record to the send queue; `KafkaProducer.flush` tells how it ended. Blocks while the queue is full.
    ///
    /// - Parameter handle: of this writer's topic, from `KafkaProducer.topic`.
    /// - Returns: nil, or why the record was not taken.
    public func enqueue(_ record: Record, to handle: KafkaTopic) throws -> OversizeRecord? {
        let line = record.line(), key = Array(record.messageKey.utf8)
        if let oversize = oversize(record, key, line) { return oversize }
        let headers = KafkaHeaders(RecordHeaders.all(of: record, source: source))
        try producer.enqueue(topic: handle, key: key, value: line, headers: headers)
        return nil
    }

    private func oversize(_ record: Record, _ key: [UInt8], _ line: [UInt8]) -> OversizeRecord? {
        let bytes = key.count + line.count
        guard bytes > producer.messageBytesMax else { return nil }
        return OversizeRecord(id: record.id, bytes: bytes, bytesMax: producer.messageBytesMax)
    }
}

/// A record that no broker would take, by name and size.
public struct OversizeRecord: Error, Sendable, Equatable, CustomStringConvertible {
    public let id: String
    public let bytes: Int
    public let bytesMax: Int

    public init(id: String, bytes: Int, bytesMax: Int) { (self.id, self.bytes, self.bytesMax) = (id, bytes, bytesMax) }

    public var description: String {
        "record \(id) has \(bytes) bytes, the limit is \(bytesMax); shorten the row, or raise max.message.bytes of the topic and ROLLCALL_KAFKA_MESSAGE_BYTES_MAX"
    }
}
