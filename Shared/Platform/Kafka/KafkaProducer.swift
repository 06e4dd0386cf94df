import CKafka
import Foundation
import Lifecycle
import Synchronization

/// Sends records: idempotent, acknowledged by all replicas in sync, in order per partition.
///
/// `send` awaits the broker's word for one record; `enqueue` hands over many and `flush` awaits them all.
/// After a fatal error (`KafkaError.isFatal`) make a new one.
public final class KafkaProducer: Sendable {
    private let handle: KafkaHandle
    private let ledger: DeliveryLedger
    private let reports: DeliveryReports
    private let worker: KafkaWorker
    private let topics = Mutex<[String: KafkaTopic]>([:])
    /// The largest key and value together, in bytes; as the settings say.
    public let messageBytesMax: Int
    /// How long `enqueue` and `send` wait for room before they give up.
    private let patience: Duration

    /// - Parameters:
    ///   - queueBytesMax: memory for records that wait for the broker; `enqueue` blocks when it is full.
    ///   - onNotice: told what librdkafka reports and works on by itself, as brokers that are down; called on threads of librdkafka.
    public init(
        _ settings: KafkaSettings, queueBytesMax: Int = 16 << 20, patience: Duration = .seconds(150),
        onNotice: @escaping @Sendable (KafkaNotice) -> Void = { _ in }
    ) throws(KafkaError) {
        let configuration = try KafkaConfiguration(
            settings,
            defaults: [
                "queue.buffering.max.kbytes": String(max(1, queueBytesMax >> 10)), "queue.buffering.max.messages": "100000",
                "message.timeout.ms": "120000", "linger.ms": "5", "client.id": "rollcall",
            ],
            fixed: ["enable.idempotence": "true", "acks": "all", "message.max.bytes": String(settings.messageBytesMax + recordOverheadBytes)])
        configuration.adjust { rd_kafka_conf_set_events($0, RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR) }
        handle = try KafkaHandle(RD_KAFKA_PRODUCER, configuration, onNotice: onNotice)
        ledger = DeliveryLedger()
        reports = DeliveryReports(of: handle, into: ledger)
        worker = KafkaWorker(handle)
        self.patience = patience
        messageBytesMax = settings.messageBytesMax
        reports.start()
    }

    deinit { reports.stop() }

    /// The topic with its number of partitions, asked once of the broker.
    public func topic(_ name: String, within timeout: Duration = .seconds(30)) async throws -> KafkaTopic {
        if let known = topics.withLock({ $0[name] }) { return known }
        let count = try await worker.partitionCount(of: name, within: timeout)
        guard let count else {
            throw KafkaError(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, "topic \(name) does not exist; make it with KafkaAdmin.ensureTopics")
        }
        let topic = try KafkaTopic(name, partitionCount: count, of: handle)
        return topics.withLock { topics in
            if let known = topics[name] { return known }
            topics[name] = topic
            return topic
        }
    }

    /// Sends one record and returns once the broker has acknowledged it. A nil key goes to any partition.
    public func send(
        topic name: String, key: [UInt8]?, value: [UInt8]?, headers: [KafkaHeader] = []
    ) async throws -> KafkaDelivery {
        let topic = try await topic(name)
        let deadline = ContinuousClock.now + patience
        while true {
            do {
                return try await sendOnce(topic, key, value, headers)
            } catch let error as KafkaError where error.code == KafkaError.queueFullCode && ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    private func sendOnce(_ topic: KafkaTopic, _ key: [UInt8]?, _ value: [UInt8]?, _ headers: [KafkaHeader]) async throws -> KafkaDelivery {
        try await withCheckedThrowingContinuation { continuation in
            let waiter = Unmanaged.passRetained(DeliveryWaiter(continuation))
            do {
                try bytes(of: key) { key in
                    try bytes(of: value) { value in
                        let partition = key.map { topic.partition(forKey: $0) } ?? RD_KAFKA_PARTITION_UA
                        try produce(topic, partition, key, value, KafkaHeaders(headers), waiter.toOpaque(), patience: .zero)
                    }
                }
            } catch {
                waiter.release()  // librdkafka refused the record, so no report will.
                continuation.resume(throwing: error)
            }
        }
    }

    /// Hands one record to the send queue and returns; `flush` tells how it ended. Blocks while the queue is full, so call it from a
    /// thread of your own. The bytes only need to live during the call.
    ///
    /// - Throws: a record too large (`MSG_SIZE_TOO_LARGE`), a queue that stayed full (`_QUEUE_FULL`), a fatal error.
    public func enqueue(
        topic: KafkaTopic, partition: Int32, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?, headers: consuming KafkaHeaders
    ) throws(KafkaError) {
        try produce(topic, partition, key, value, headers, nil, patience: patience)
    }

    /// The same for a record in arrays, in the partition of its key.
    public func enqueue(topic: KafkaTopic, key: [UInt8], value: [UInt8], headers: consuming KafkaHeaders) throws {
        let headers = headers  // A closure may only borrow it.
        try key.withUnsafeBytes { key in
            try value.withUnsafeBytes { value in
                try enqueue(topic: topic, partition: topic.partition(forKey: key), key: key, value: value, headers: headers.copy())
            }
        }
    }

    /// Waits until every record handed over has its answer.
    ///
    /// - Throws: `KafkaDeliveryError` with the first of those that failed since the last flush, or a time-out with the number still under way.
    public func flush(within timeout: Duration = .seconds(150)) async throws {
        await worker.flush(within: timeout)  // It also ends librdkafka's lingering.
        let answered = await ledger.settled(within: timeout)
        if let failure = ledger.takeFailures() { throw failure }
        guard answered else {
            throw KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT, "\(ledger.outstanding) records still have no answer after \(timeout); the brokers may be down")
        }
    }

    /// Records handed over and not yet answered.
    public var outstanding: Int { ledger.outstanding }
    /// The error after which this producer is of no use.
    public var fatalError: KafkaError? { handle.fatalError }

    private func produce(
        _ topic: KafkaTopic, _ partition: Int32, _ key: UnsafeRawBufferPointer?, _ value: UnsafeRawBufferPointer?, _ headers: consuming KafkaHeaders,
        _ opaque: UnsafeMutableRawPointer?, patience: Duration
    ) throws(KafkaError) {
        let list = headers.release()
        var deadline: ContinuousClock.Instant?
        ledger.began()
        while true {
            guard let error = produceOnce(topic, partition, key, value, list, opaque) else { return }
            let failure = KafkaError(adopting: error, during: "a record for \(topic.name)[\(partition)] was refused")
            let now = ContinuousClock.now
            let end = deadline ?? now + patience
            deadline = end
            guard failure.code == KafkaError.queueFullCode, now < end else {
                rd_kafka_headers_destroy(list)  // Only a produce that succeeds takes them over.
                ledger.ended()
                throw handle.fatalError ?? failure
            }
            ledger.waitForRoom()
        }
    }

    private func produceOnce(
        _ topic: KafkaTopic, _ partition: Int32, _ key: UnsafeRawBufferPointer?, _ value: UnsafeRawBufferPointer?, _ headers: OpaquePointer,
        _ opaque: UnsafeMutableRawPointer?
    ) -> OpaquePointer? {
        withUnsafeTemporaryAllocation(of: rd_kafka_vu_t.self, capacity: 7) { arguments in
            arguments.initialize(repeating: rd_kafka_vu_t())
            arguments[0].vtype = RD_KAFKA_VTYPE_RKT
            arguments[0].u.rkt = topic.pointer
            arguments[1].vtype = RD_KAFKA_VTYPE_PARTITION
            arguments[1].u.i32 = partition
            arguments[2].vtype = RD_KAFKA_VTYPE_MSGFLAGS
            arguments[2].u.i = RD_KAFKA_MSG_F_COPY
            arguments[3].vtype = RD_KAFKA_VTYPE_KEY
            arguments[3].u.mem.ptr = address(key, or: topic.pointer)
            arguments[3].u.mem.size = key?.count ?? 0
            arguments[4].vtype = RD_KAFKA_VTYPE_VALUE
            arguments[4].u.mem.ptr = address(value, or: topic.pointer)
            arguments[4].u.mem.size = value?.count ?? 0
            arguments[5].vtype = RD_KAFKA_VTYPE_HEADERS
            arguments[5].u.headers = headers
            arguments[6].vtype = RD_KAFKA_VTYPE_OPAQUE
            arguments[6].u.ptr = opaque
            return rd_kafka_produceva(handle.pointer, arguments.baseAddress, arguments.count)
        }
    }
}

/// What a record's framing, key and headers add to its value; the broker's own limit counts the whole batch.
let recordOverheadBytes = 16 << 10

/// librdkafka takes a nil pointer for null, whatever the length: an empty key or value needs some address.
private func address(_ bytes: UnsafeRawBufferPointer?, or some: OpaquePointer) -> UnsafeMutableRawPointer? {
    bytes.map { UnsafeMutableRawPointer(mutating: $0.baseAddress ?? UnsafeRawPointer(some)) }
}

private func bytes<Result>(of array: [UInt8]?, _ body: (UnsafeRawBufferPointer?) throws -> Result) rethrows -> Result {
    guard let array else { return try body(nil) }
    return try array.withUnsafeBytes { try body($0) }
}
