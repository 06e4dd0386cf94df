import CKafka
import Lifecycle

/// Makes topics, and tells what is there.
public actor KafkaAdmin {
    private let handle: KafkaHandle
    private let worker: KafkaWorker
    private let messageBytesMax: Int
    private let thread = DedicatedThread(name: "kafka-admin")
    public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    public init(_ settings: KafkaSettings) throws(KafkaError) {
        handle = try KafkaHandle(RD_KAFKA_PRODUCER, try KafkaConfiguration(settings, defaults: ["client.id": "rollcall"], fixed: [:]))
        worker = KafkaWorker(handle)
        messageBytesMax = settings.messageBytesMax
    }

    /// Makes the topics that are missing and waits until brokers know them; a topic that is there keeps its partitions.
    ///
    /// - Parameter replication: -1 takes the broker's default.
    /// - Returns: how many partitions each topic has. More or fewer than asked for is the caller's to judge: keys would move if they changed.
    @discardableResult
    public func ensureTopics(
        _ names: [String], partitions: Int32, replication: Int32 = -1, configuration: [String: String] = [:], within timeout: Duration = .seconds(30)
    ) async throws -> [String: Int32] {
        let deadline = ContinuousClock.now + timeout
        var counts: [String: Int32] = [:]
        for name in names { counts[name] = try await worker.partitionCount(of: name, within: timeout) }
        let missing = names.filter { counts[$0] == nil }
        guard !missing.isEmpty else { return counts }
        try create(missing, partitions, replication, configuration, within: timeout)
        for name in missing {
            // The controller has agreed; brokers learn of it a moment later.
            while counts[name] == nil {
                counts[name] = try await worker.partitionCount(of: name, within: timeout)
                guard counts[name] != nil || ContinuousClock.now < deadline else {
                    throw KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT, "topic \(name) was made, and no broker knows it after \(timeout)")
                }
                if counts[name] == nil { try await Task.sleep(for: .milliseconds(20)) }
            }
        }
        return counts
    }

    /// How many partitions a topic has; nil when it does not exist.
    public func partitionCount(of topic: String, within timeout: Duration = .seconds(10)) async throws -> Int32? {
        try await worker.partitionCount(of: topic, within: timeout)
    }

    /// Deletes topics; one that is not there is no error.
    public func deleteTopics(_ names: [String], within timeout: Duration = .seconds(30)) throws {
        guard !names.isEmpty else { return }
        var requests: [OpaquePointer?] = names.map { rd_kafka_DeleteTopic_new($0) }
        defer { for request in requests { rd_kafka_DeleteTopic_destroy(request) } }
        let queue = rd_kafka_queue_new(handle.pointer)
        defer { rd_kafka_queue_destroy(queue) }
        rd_kafka_DeleteTopics(handle.pointer, &requests, requests.count, nil, queue)
        let event = try answer(on: queue, within: timeout, during: "deleting topics")
        defer { rd_kafka_event_destroy(event) }
        var count = 0
        let results = rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event), &count)
        try check(results, count, tolerating: RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, during: "deleting")
    }

    /// Deletes the records of a partition before an offset, as retention does by itself.
    public func deleteRecords(_ partition: KafkaPartition, before offset: Int64, within timeout: Duration = .seconds(30)) throws {
        let list = rd_kafka_topic_partition_list_new(1)
        defer { rd_kafka_topic_partition_list_destroy(list) }
        rd_kafka_topic_partition_list_add(list, partition.topic, partition.partition).pointee.offset = offset
        var request = rd_kafka_DeleteRecords_new(list)
        defer { rd_kafka_DeleteRecords_destroy(request) }
        let queue = rd_kafka_queue_new(handle.pointer)
        defer { rd_kafka_queue_destroy(queue) }
        rd_kafka_DeleteRecords(handle.pointer, &request, 1, nil, queue)
        let event = try answer(on: queue, within: timeout, during: "deleting records")
        defer { rd_kafka_event_destroy(event) }
        guard let results = rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(event)), results.pointee.cnt == 1 else {
            throw KafkaError(RD_KAFKA_RESP_ERR__BAD_MSG, "deleting records: the answer names no partition")
        }
        let code = results.pointee.elems[0].err
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, "deleting records of \(partition): \(KafkaError.text(code))") }
    }

    private func create(
        _ names: [String], _ partitions: Int32, _ replication: Int32, _ configuration: [String: String], within timeout: Duration
    ) throws {
        var configuration = configuration
        // Brokers take batches of 1,048,588 bytes unless told otherwise; a larger limit of ours must be the topic's too.
        if messageBytesMax > 1_000_000, configuration["max.message.bytes"] == nil {
            configuration["max.message.bytes"] = String(messageBytesMax + recordOverheadBytes)
        }
        // The broker's own time: it refuses records of a producer whose clock is an hour ahead, and deletes those of one far behind as too old
        // (https://kafka.apache.org/documentation/#topicconfigs_message.timestamp.type).
        if configuration["message.timestamp.type"] == nil { configuration["message.timestamp.type"] = "LogAppendTime" }
        var reason = [CChar](repeating: 0, count: 512)
        var requests: [OpaquePointer?] = []
        defer { for request in requests { rd_kafka_NewTopic_destroy(request) } }
        for name in names {
            guard let request = rd_kafka_NewTopic_new(name, partitions, replication, &reason, reason.count) else {
                throw KafkaError(RD_KAFKA_RESP_ERR__INVALID_ARG, "topic \(name) cannot be made: \(text(reason))")
            }
            requests.append(request)
            for (key, value) in configuration { rd_kafka_NewTopic_set_config(request, key, value) }
        }
        let queue = rd_kafka_queue_new(handle.pointer)
        defer { rd_kafka_queue_destroy(queue) }
        rd_kafka_CreateTopics(handle.pointer, &requests, requests.count, nil, queue)
        let event = try answer(on: queue, within: timeout, during: "making topics")
        defer { rd_kafka_event_destroy(event) }
        var count = 0
        let results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count)
        try check(results, count, tolerating: RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS, during: "making")  // Another service was quicker.
    }

    /// Waits for the answer to one admin request.
    private func answer(on queue: OpaquePointer?, within timeout: Duration, during action: String) throws(KafkaError) -> OpaquePointer {
        guard let event = rd_kafka_queue_poll(queue, timeout.milliseconds) else {
            throw KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT, "\(action): no answer from the brokers within \(timeout)")
        }
        let code = rd_kafka_event_error(event)
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return event }
        defer { rd_kafka_event_destroy(event) }
        throw KafkaError(code, "\(action): \(rd_kafka_event_error_string(event).map { String(cString: $0) } ?? KafkaError.text(code))")
    }

    private func check(
        _ results: UnsafeMutablePointer<OpaquePointer?>?, _ count: Int, tolerating tolerated: rd_kafka_resp_err_t, during action: String
    ) throws(KafkaError) {
        guard let results else { throw KafkaError(RD_KAFKA_RESP_ERR__BAD_MSG, "\(action) topics: the answer names no topic") }
        for index in 0..<count {
            let code = rd_kafka_topic_result_error(results[index])
            guard code != RD_KAFKA_RESP_ERR_NO_ERROR, code != tolerated else { continue }
            let name = rd_kafka_topic_result_name(results[index]).map { String(cString: $0) } ?? "?"
            let reason = rd_kafka_topic_result_error_string(results[index]).map { String(cString: $0) } ?? KafkaError.text(code)
            throw KafkaError(code, "\(action) topic \(name): \(reason)")
        }
    }
}
