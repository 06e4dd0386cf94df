import CKafka
import Lifecycle

/// Reads single records and whole topics without joining a group: for the loader's continuity check, for tools and for tests.
public actor KafkaReader {
    private let handle: KafkaHandle
    private let worker: KafkaWorker
    private let thread = DedicatedThread(name: "kafka-reader")
    public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    public init(_ settings: KafkaSettings) throws(KafkaError) {
        let configuration = try KafkaConfiguration(
            settings, defaults: ["client.id": "rollcall", "queued.max.messages.kbytes": "4096", "fetch.wait.max.ms": "100"],
            fixed: [
                "group.id": "rollcall-reader",  // Needed to assign; nobody joins it.
                "enable.auto.commit": "false", "enable.auto.offset.store": "false", "auto.offset.reset": "error", "enable.partition.eof": "true",
                "isolation.level": "read_committed",
            ])
        handle = try KafkaHandle(RD_KAFKA_CONSUMER, configuration)
        rd_kafka_poll_set_consumer(handle.pointer)
        worker = KafkaWorker(handle)
    }

    /// The record at exactly this offset; nil when the broker has none there (retention, compaction, a topic created anew, the end).
    public func record(_ partition: KafkaPartition, at offset: Int64, within timeout: Duration = .seconds(5)) async throws -> KafkaRecord? {
        var found: KafkaRecord?
        do {
            try read([partition: .offset(offset)], within: timeout) { message in
                if message.offset == offset { found = message.copy() }
                return false
            }
        } catch let error as KafkaError where error.code == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET.rawValue {
            return nil
        } catch let error as KafkaError where error.code == KafkaError.timedOutCode {
            // Tansu answers an offset beyond the end with silence; only the watermarks tell it from a broker that is away.
            guard try await watermarks(of: partition, within: timeout).high <= offset else { throw error }
        }
        return found
    }

    /// All records from `starts` on up to the present end of each partition; `body` returns false to stop early.
    ///
    /// - Parameter timeout: for silence, not for the whole.
    public func read(
        _ starts: [KafkaPartition: KafkaStart], within timeout: Duration = .seconds(10), _ body: (KafkaMessage) throws -> Bool
    ) throws {
        try assign(starts)
        defer { rd_kafka_assign(handle.pointer, nil) }
        var unread = Set(starts.keys)
        var deadline = ContinuousClock.now + timeout
        while !unread.isEmpty {
            guard let message = rd_kafka_consumer_poll(handle.pointer, 50) else {
                if let fatal = handle.fatalError { throw fatal }
                guard ContinuousClock.now < deadline else {
                    let names = unread.sorted().map(\.description).joined(separator: ", ")
                    throw KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT, "nothing came from \(names) for \(timeout)")
                }
                continue
            }
            defer { rd_kafka_message_destroy(message) }
            let partition = KafkaPartition(topic: topicName(message.pointee.rkt), partition: message.pointee.partition)
            switch message.pointee.err {
            case RD_KAFKA_RESP_ERR_NO_ERROR:
                deadline = ContinuousClock.now + timeout
                guard try body(KafkaMessage(message)) else { return }
            case RD_KAFKA_RESP_ERR__PARTITION_EOF: unread.remove(partition)
            case let code:
                let error = KafkaError(code, "reading \(partition): \(rd_kafka_message_errstr(message).map { String(cString: $0) } ?? KafkaError.text(code))")
                // Brokers that are down may come back before the deadline.
                guard error.isRetriable, error.code != RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART.rawValue, ContinuousClock.now < deadline else { throw error }
            }
        }
    }

    /// Every record of a topic, in the order of partition and offset; for topics that fit in memory.
    public func records(of topic: String, within timeout: Duration = .seconds(10)) async throws -> [KafkaRecord] {
        guard let count = try await worker.partitionCount(of: topic, within: timeout) else {
            throw KafkaError(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, "topic \(topic) does not exist")
        }
        var records: [KafkaRecord] = []
        let starts = Dictionary(uniqueKeysWithValues: (0..<count).map { (KafkaPartition(topic: topic, partition: $0), KafkaStart.beginning) })
        try read(starts, within: timeout) { message in
            records.append(message.copy())
            return true
        }
        return records.sorted { ($0.partition, $0.offset) < ($1.partition, $1.offset) }
    }

    /// Low and high watermark of a partition. (Tansu's high one leaves out the last batch: an end is proven by reading up to it.)
    public func watermarks(of partition: KafkaPartition, within timeout: Duration = .seconds(10)) async throws -> KafkaWatermarks {
        try await worker.watermarks(of: partition, within: timeout)
    }

    /// How many partitions a topic has; nil when the brokers do not know it.
    public func partitionCount(of topic: String, within timeout: Duration = .seconds(10)) async throws -> Int32? {
        try await worker.partitionCount(of: topic, within: timeout)
    }

    private func assign(_ starts: [KafkaPartition: KafkaStart]) throws(KafkaError) {
        let list = rd_kafka_topic_partition_list_new(Int32(starts.count))
        defer { rd_kafka_topic_partition_list_destroy(list) }
        for (partition, start) in starts {
            rd_kafka_topic_partition_list_add(list, partition.topic, partition.partition).pointee.offset = start.offset
        }
        let code = rd_kafka_assign(handle.pointer, list)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, "opening the partitions failed: \(KafkaError.text(code))") }
    }
}
