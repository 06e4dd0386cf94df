import CKafka
import Foundation
import Synchronization

/// The poll thread of one consumer: fetches, serves the group, and does what is posted to it.
///
/// `@unchecked Sendable`: what is not behind a mutex is touched by the poll thread only, once `start` has been called.
final class ConsumerLoop: @unchecked Sendable {
    enum Order {
        case pause, resume, close
        case restart(KafkaStartReason)
        case commit([KafkaPartition: Int64])
        /// The owner has answered.
        case start([KafkaPartition: KafkaStart], epoch: UInt64)
        case released(epoch: UInt64)
        case fail(any Error)
    }

    let handle: KafkaHandle
    let handoff: Handoff
    private let owner: any KafkaAssignmentOwner
    private let topics: [String]
    private let tuning: KafkaConsumerTuning
    private let orders = Mutex<[Order]>([])
    private let ending = Ending()
    private let worker: KafkaWorker

    // Only the poll thread touches what follows.
    private let queue: OpaquePointer
    private var assigned: [KafkaPartition] = []
    private var positions = PartitionPositions()
    /// The owner has been asked and has not answered: what arrives meanwhile belongs to no epoch.
    private var isAsking = false
    private var rebalance: Rebalance?
    private var isPausedByCaller = false
    private var isPausedByStall = false
    private var fullSince: ContinuousClock.Instant?
    private var isClosing = false
    private let poke: LeaderPoke

    init(
        _ settings: KafkaSettings, group: String, topics: [String], owner: any KafkaAssignmentOwner, tuning: KafkaConsumerTuning,
        onNotice: @escaping @Sendable (KafkaNotice) -> Void
    ) throws(KafkaError) {
        let configuration = try KafkaConfiguration(settings, defaults: ConsumerLoop.defaults(tuning), fixed: ConsumerLoop.fixed(group))
        configuration.adjust { rd_kafka_conf_set_rebalance_cb($0, takeRebalance) }
        handle = try KafkaHandle(RD_KAFKA_CONSUMER, configuration, onNotice: onNotice)
        rd_kafka_poll_set_consumer(handle.pointer)
        guard let queue = rd_kafka_queue_get_consumer(handle.pointer) else { throw KafkaError(RD_KAFKA_RESP_ERR__STATE, "the consumer has no queue") }
        self.queue = queue
        worker = KafkaWorker(handle)
        handoff = Handoff(of: handle, recordsMax: tuning.handoffRecordsMax, bytesMax: tuning.handoffBytesMax)
        (self.owner, self.topics, self.tuning) = (owner, topics, tuning)
        poke = LeaderPoke(of: handle)
    }

    deinit { rd_kafka_queue_destroy(queue) }

    static func defaults(_ tuning: KafkaConsumerTuning) -> [String: String] {
        [
            "client.id": "rollcall", "session.timeout.ms": String(tuning.sessionTimeout.milliseconds),
            "heartbeat.interval.ms": String(max(1, tuning.sessionTimeout.milliseconds / 4)),
            "queued.max.messages.kbytes": String(max(1, tuning.queueBytesMax >> 10)), "queued.min.messages": "100000",
            "fetch.wait.max.ms": "100", "fetch.max.bytes": String(8 << 20), "fetch.error.backoff.ms": "100",
            // A group member per loader takes whole partitions of any topic; ranges would give every one-partition topic to the first member.
            "partition.assignment.strategy": "roundrobin",
        ]
    }

    static func fixed(_ group: String) -> [String: String] {
        [
            "group.id": group, "enable.auto.commit": "false", "enable.auto.offset.store": "false", "auto.offset.reset": "error",
            "enable.partition.eof": "true", "isolation.level": "read_committed",
        ]
    }

    private func notice(_ error: KafkaError) { handle.context.onNotice(KafkaNotice(error)) }

    func start() throws(KafkaError) {
        let list = rd_kafka_topic_partition_list_new(Int32(topics.count))
        defer { rd_kafka_topic_partition_list_destroy(list) }
        for topic in topics { rd_kafka_topic_partition_list_add(list, topic, RD_KAFKA_PARTITION_UA) }
        let code = rd_kafka_subscribe(handle.pointer, list)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, "subscribing to \(topics.joined(separator: ", ")): \(KafkaError.text(code))") }
        let thread = Thread { @Sendable [self] in
            Thread.current.name = "kafka-poll"
            run()
        }
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// Asks the poll thread to do something; it looks every few hundredths of a second, and at once when woken here.
    func post(_ order: Order) {
        orders.withLock { $0.append(order) }
        rd_kafka_queue_yield(queue)
    }

    func close() async {
        post(.close)
        await ending.wait()
    }

    // MARK: The poll thread

    private func run() {
        poke.start()
        var buffer = [UnsafeMutablePointer<rd_kafka_message_t>?](repeating: nil, count: 512)
        while !isClosing {
            for order in orders.withLock({ orders in
                defer { orders = [] }
                return orders
            }) { follow(order) }
            handoff.tick(.now)
            adjustPause()
            if handoff.isFull, !isPaused, rebalance == nil {
                handoff.waitForSpace()
                continue
            }
            fetch(into: &buffer)
            if let rebalance = handle.context.rebalances.takePending() { begin(rebalance) }
        }
        end()
    }

    private var isPaused: Bool { isPausedByCaller || isPausedByStall }

    /// Waits for one record, then takes what else is there: `rd_kafka_consume_batch_queue` would wait until its buffer is full.
    private func fetch(into buffer: inout [UnsafeMutablePointer<rd_kafka_message_t>?]) {
        guard let first = rd_kafka_consume_queue(queue, 50) else { return }
        buffer[0] = first
        let more = buffer.withUnsafeMutableBufferPointer { buffer in
            rd_kafka_consume_batch_queue(queue, 0, buffer.baseAddress?.advanced(by: 1), buffer.count - 1)
        }
        // A rebalance that came in this very call ends the epoch these belong to.
        let isOld = isAsking || handle.context.rebalances.hasPending
        var kept: [UnsafeMutablePointer<rd_kafka_message_t>] = []
        kept.reserveCapacity(1 + max(0, more))
        for message in buffer.prefix(1 + max(0, more)) {
            guard let message else { continue }
            if !isOld, accepts(message) { kept.append(message) } else { rd_kafka_message_destroy(message) }
        }
        guard !kept.isEmpty else { return }
        handoff.put(kept)
        poke.recordsCame()
    }

    /// Whether this is a record to hand out; what is none is dealt with here.
    private func accepts(_ message: UnsafeMutablePointer<rd_kafka_message_t>) -> Bool {
        let partition = message.pointee.partition
        switch message.pointee.err {
        case RD_KAFKA_RESP_ERR_NO_ERROR:
            return positions.accept(topic: message.pointee.rkt, partition: partition, offset: message.pointee.offset) { handoff.movedOn($0) }
        case RD_KAFKA_RESP_ERR__PARTITION_EOF:
            handoff.reachedEnd(KafkaPartition(topic: topicName(message.pointee.rkt), partition: partition))
        case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
            // After this, librdkafka fetches nothing from the partition until it is assigned again.
            post(.restart(.positionLost(KafkaPartition(topic: topicName(message.pointee.rkt), partition: partition))))
        default:
            let reason = rd_kafka_message_errstr(message).map { String(cString: $0) } ?? KafkaError.text(message.pointee.err)
            if let fatal = handle.fatalError { handoff.fail(fatal) } else { notice(KafkaError(message.pointee.err, reason)) }
        }
        return false
    }

    private func follow(_ order: Order) {
        switch order {
        case .pause: isPausedByCaller = true
        case .resume: isPausedByCaller = false
        case .close: isClosing = true
        case .restart(let reason):
            // One restart answers all that was asked before it; with a rebalance under way, the new assignment is one already.
            if !assigned.isEmpty, !isAsking, rebalance == nil { ask(because: reason) }
        case .commit(let next): commit(next)
        case .start(let starts, let epoch):
            if epoch == handoff.epoch, isAsking { assign(starts) }
        case .released(let epoch):
            if epoch == handoff.epoch, rebalance == .revoke { unassign() }
        case .fail(let error): handoff.fail(error)
        }
    }

    private func begin(_ pending: PendingRebalance) {
        rebalance = pending.kind
        switch pending.kind {
        case .assign:
            assigned = pending.partitions
            ask(because: .assigned)
        case .revoke:
            isAsking = false
            let epoch = handoff.beginEpoch()
            let (owner, partitions) = (owner, assigned)
            Task { [weak self] in
                await owner.revoked(partitions, isLost: pending.isLost)
                self?.post(.released(epoch: epoch))
            }
        case .failed(let error):
            notice(error)
            unassign()
        }
    }

    /// Begins a new epoch and asks the owner where it starts.
    private func ask(because reason: KafkaStartReason) {
        if reason != .assigned { setPaused(true, assigned) }  // Raises librdkafka's version barrier, so nothing fetched before comes after.
        isAsking = true
        let epoch = handoff.beginEpoch()
        let (owner, partitions, worker) = (owner, assigned, worker)
        Task { [weak self] in
            do {
                let starts = try await owner.startOffsets(of: partitions, epoch: epoch, because: reason)
                self?.post(.start(await worker.resolved(starts, of: partitions), epoch: epoch))
            } catch { self?.post(.fail(error)) }
        }
    }

    private func assign(_ starts: [KafkaPartition: KafkaStart]) {
        let list = rd_kafka_topic_partition_list_new(Int32(assigned.count))
        defer { rd_kafka_topic_partition_list_destroy(list) }
        positions = PartitionPositions()
        for partition in assigned {
            let start = starts[partition] ?? .beginning
            rd_kafka_topic_partition_list_add(list, partition.topic, partition.partition).pointee.offset = start.offset
            positions.begin(partition, at: start)
        }
        if appliedPause { setPaused(false, assigned) }  // It would outlive the assignment; what it lets through is older than the barrier that `assign` raises.
        let code = rd_kafka_assign(handle.pointer, list)
        (isAsking, rebalance) = (false, nil)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            return handoff.fail(handle.fatalError ?? KafkaError(code, "taking over the partitions failed: \(KafkaError.text(code))"))
        }
        poke.partitions = assigned
    }

    private func unassign() {
        if appliedPause { setPaused(false, assigned) }
        rd_kafka_assign(handle.pointer, nil)
        (assigned, rebalance, isAsking) = ([], nil, false)
        poke.partitions = []
    }

    /// Pauses when the caller wants it or nobody has taken a record for long, and resumes when that is over.
    private func adjustPause() {
        let now = ContinuousClock.now
        fullSince = handoff.isFull ? fullSince ?? now : nil
        let stalls = fullSince.map { now - $0 > tuning.stallPatience } ?? false
        let wasPaused = appliedPause
        isPausedByStall = stalls
        guard isPaused != wasPaused, !isAsking, rebalance == nil else { return }
        setPaused(isPaused, assigned)
    }

    private var appliedPause = false

    private func setPaused(_ pauses: Bool, _ partitions: [KafkaPartition]) {
        appliedPause = pauses
        guard !partitions.isEmpty else { return }
        let list = rd_kafka_topic_partition_list_new(Int32(partitions.count))
        defer { rd_kafka_topic_partition_list_destroy(list) }
        for partition in partitions { rd_kafka_topic_partition_list_add(list, partition.topic, partition.partition) }
        // Each partition has a code of its own; one that is gone meanwhile needs no pause.
        _ = pauses ? rd_kafka_pause_partitions(handle.pointer, list) : rd_kafka_resume_partitions(handle.pointer, list)
    }

    private func commit(_ next: [KafkaPartition: Int64]) {
        let list = rd_kafka_topic_partition_list_new(Int32(next.count))
        defer { rd_kafka_topic_partition_list_destroy(list) }
        for (partition, offset) in next { rd_kafka_topic_partition_list_add(list, partition.topic, partition.partition).pointee.offset = offset }
        let code = rd_kafka_commit(handle.pointer, list, 1)
        if code != RD_KAFKA_RESP_ERR_NO_ERROR { notice(KafkaError(code, "telling the group's offsets failed: \(KafkaError.text(code))")) }
    }

    private func end() {
        poke.stop()
        handle.context.rebalances.close()
        _ = handoff.beginEpoch()
        let code = rd_kafka_consumer_close(handle.pointer)
        if code != RD_KAFKA_RESP_ERR_NO_ERROR { notice(KafkaError(code, "leaving the group failed: \(KafkaError.text(code))")) }
        handoff.fail(CancellationError())
        ending.finish()
    }
}
