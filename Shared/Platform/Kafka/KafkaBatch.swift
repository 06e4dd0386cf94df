import CKafka

/// Records as they came from the broker, borrowed from librdkafka's memory and given back when the batch is let go.
///
/// The loader holds one until its transaction has committed. Reading is safe from one task at a time.
///
/// `@unchecked Sendable`: messages are not changed once fetched, and librdkafka allows any thread to destroy them.
public final class KafkaBatch: @unchecked Sendable, RandomAccessCollection {
    /// Which assignment the records belong to. After a rebalance or a restart it is another: a batch of an older one is to be dropped.
    public let epoch: UInt64
    private let messages: [UnsafeMutablePointer<rd_kafka_message_t>]
    private let handle: KafkaHandle  // Messages must be destroyed before their client is.

    init(_ messages: [UnsafeMutablePointer<rd_kafka_message_t>], epoch: UInt64, of handle: KafkaHandle) {
        (self.messages, self.epoch, self.handle) = (messages, epoch, handle)
    }

    deinit { for message in messages { rd_kafka_message_destroy(message) } }

    public var startIndex: Int { 0 }
    public var endIndex: Int { messages.count }
    public subscript(position: Int) -> KafkaMessage { KafkaMessage(messages[position]) }
}

/// One record of a batch; it and the pointers it gives live as long as the batch.
public struct KafkaMessage {
    private let message: UnsafeMutablePointer<rd_kafka_message_t>

    init(_ message: UnsafeMutablePointer<rd_kafka_message_t>) { self.message = message }

    public var partition: Int32 { message.pointee.partition }
    public var offset: Int64 { message.pointee.offset }
    /// Nil for a null key; an empty key is an empty buffer.
    public var key: UnsafeRawBufferPointer? { buffer(message.pointee.key, message.pointee.key_len) }
    /// Nil for a null value (a tombstone of a compacted topic, or another program's record).
    public var value: UnsafeRawBufferPointer? { buffer(message.pointee.payload, message.pointee.len) }

    /// Which topic it is of; the same bytes for all records of a partition.
    public var topic: String { topicName(message.pointee.rkt) }

    /// Equal for all records of one topic within a batch, so that a loop need not make a `String` a record.
    public var topicIdentity: UInt { UInt(bitPattern: message.pointee.rkt) }

    /// Milliseconds since 1970; nil when the broker gives none.
    public var timestampMilliseconds: Int64? {
        var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        let time = rd_kafka_message_timestamp(message, &kind)
        return kind == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? nil : time
    }

    /// The headers, parsed when asked for.
    public func headers() -> [KafkaHeader] {
        var list: OpaquePointer?
        guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return [] }
        var headers: [KafkaHeader] = []
        var (name, value, size): (UnsafePointer<CChar>?, UnsafeRawPointer?, Int) = (nil, nil, 0)
        while rd_kafka_header_get_all(list, headers.count, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR, let name {
            headers.append(KafkaHeader(String(cString: name), value.map { [UInt8](UnsafeRawBufferPointer(start: $0, count: size)) }))
        }
        return headers
    }

    /// The record in memory of its own.
    public func copy() -> KafkaRecord {
        KafkaRecord(
            partition: KafkaPartition(topic: topic, partition: partition), offset: offset, key: key.map { [UInt8]($0) }, value: value.map { [UInt8]($0) },
            headers: headers(), timestampMilliseconds: timestampMilliseconds)
    }

    private func buffer(_ start: UnsafeMutableRawPointer?, _ count: Int) -> UnsafeRawBufferPointer? {
        start.map { UnsafeRawBufferPointer(start: $0, count: count) }
    }
}
