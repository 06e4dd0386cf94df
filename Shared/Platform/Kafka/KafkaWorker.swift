import CKafka
import Lifecycle

/// The calls of librdkafka that block, on a thread of their own.
actor KafkaWorker {
    private let handle: KafkaHandle
    private let thread = DedicatedThread(name: "kafka-calls")
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(_ handle: KafkaHandle) { self.handle = handle }

    /// How many partitions a topic has; nil when the brokers do not know it.
    func partitionCount(of topic: String, within timeout: Duration) throws(KafkaError) -> Int32? {
        let deadline = ContinuousClock.now + timeout
        while true {
            do {
                return try partitionCountOnce(of: topic, within: timeout)
            } catch  where error.isRetriable && ContinuousClock.now < deadline {
                rd_kafka_poll(handle.pointer, 0)
            }
        }
    }

    private func partitionCountOnce(of topic: String, within timeout: Duration) throws(KafkaError) -> Int32? {
        var metadata: UnsafePointer<rd_kafka_metadata>?
        // All topics: some brokers make a topic that is asked for by its name.
        let code = rd_kafka_metadata(handle.pointer, 1, nil, &metadata, timeout.milliseconds)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else {
            throw KafkaError(code, "asking for the partitions of \(topic) failed: \(KafkaError.text(code))")
        }
        defer { rd_kafka_metadata_destroy(metadata) }
        for index in 0..<Int(metadata.pointee.topic_cnt) {
            let answer = metadata.pointee.topics[index]
            guard answer.topic.map({ String(cString: $0) }) == topic else { continue }
            if answer.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART { return nil }
            guard answer.err == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(answer.err, "topic \(topic): \(KafkaError.text(answer.err))") }
            return answer.partition_cnt > 0 ? answer.partition_cnt : nil
        }
        return nil
    }

    /// Ends lingering and waits until the queue is empty or the time is over.
    func flush(within timeout: Duration) { rd_kafka_flush(handle.pointer, timeout.milliseconds) }

    /// The same starts with absolute offsets for "the beginning", where the broker tells them: a partition that is paused before librdkafka
    /// has looked up a logical offset does not find it again.
    func resolved(_ starts: [KafkaPartition: KafkaStart], of partitions: [KafkaPartition]) -> [KafkaPartition: KafkaStart] {
        var resolved = starts
        for partition in partitions where starts[partition] ?? .beginning == .beginning {
            // Without an answer the logical offset stays, and librdkafka asks once the broker is back.
            if let low = try? watermarks(of: partition, within: .seconds(5)).low { resolved[partition] = .offset(low) }
        }
        return resolved
    }

    /// Low and high watermark of a partition, from its leader.
    func watermarks(of partition: KafkaPartition, within timeout: Duration) throws(KafkaError) -> KafkaWatermarks {
        var (low, high): (Int64, Int64) = (0, 0)
        let code = rd_kafka_query_watermark_offsets(handle.pointer, partition.topic, partition.partition, &low, &high, timeout.milliseconds)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, "asking for the watermarks of \(partition) failed: \(KafkaError.text(code))") }
        return KafkaWatermarks(low: low, high: high)
    }
}

extension Duration {
    /// Whole milliseconds, at least 1, as librdkafka's calls take them.
    var milliseconds: Int32 {
        let (seconds, attoseconds) = components
        return Int32(clamping: max(1, seconds * 1000 + attoseconds / 1_000_000_000_000_000))
    }
}
