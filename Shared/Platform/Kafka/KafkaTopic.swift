import CKafka

/// A topic as one producer knows it: its handle and how many partitions it had when it was asked for.
///
/// `@unchecked Sendable`: the handle is librdkafka's, which is thread-safe, and is never changed here.
public final class KafkaTopic: @unchecked Sendable {
    public let name: String
    public let partitionCount: Int32
    let pointer: OpaquePointer
    private let handle: KafkaHandle

    init(_ name: String, partitionCount: Int32, of handle: KafkaHandle) throws(KafkaError) {
        guard let pointer = rd_kafka_topic_new(handle.pointer, name, nil) else {
            throw KafkaError(rd_kafka_last_error(), "topic \(name) could not be opened")
        }
        (self.name, self.partitionCount, self.pointer, self.handle) = (name, partitionCount, pointer, handle)
    }

    deinit { rd_kafka_topic_destroy(pointer) }

    /// Where records of this key go: Java's rule, so that other clients' records of the key are there too.
    public func partition(forKey key: UnsafeRawBufferPointer) -> Int32 { kafkaPartition(forKey: key, among: partitionCount) }
}
