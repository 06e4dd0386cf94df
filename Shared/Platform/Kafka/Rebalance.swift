import CKafka
import Synchronization

/// What the group asked of this member.
enum Rebalance: Equatable {
    case assign, revoke
    case failed(KafkaError)
}

/// A rebalance that librdkafka has announced and that waits for the poll thread.
struct PendingRebalance {
    let kind: Rebalance
    let partitions: [KafkaPartition]
    let isLost: Bool
}

/// Takes the rebalance callback and lets the poll thread act on it after the call: librdkafka waits for `rd_kafka_assign`, however late it comes.
final class RebalanceAnnouncements: Sendable {
    private struct State {
        var pending: PendingRebalance?
        var isClosed = false
    }
    private let state = Mutex(State())

    var hasPending: Bool { state.withLock { $0.pending != nil } }

    func takePending() -> PendingRebalance? {
        state.withLock { state in
            defer { state.pending = nil }
            return state.pending
        }
    }

    /// From now on partitions are given back inside the callback, as `rd_kafka_consumer_close` needs it.
    func close() { state.withLock { $0.isClosed = true } }

    /// - Returns: whether the callback itself must give the partitions back.
    func announce(_ rebalance: PendingRebalance) -> Bool {
        state.withLock { state in
            if !state.isClosed { state.pending = rebalance }
            return state.isClosed
        }
    }
}

/// librdkafka calls this on the poll thread, from inside a consume call; the opaque is a `KafkaContext`.
let takeRebalance:
    @convention(c) (
        OpaquePointer?, rd_kafka_resp_err_t, UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?, UnsafeMutableRawPointer?
    ) -> Void = { client, code, list, opaque in
        guard let client, let opaque else { return }
        let announcements = Unmanaged<KafkaContext>.fromOpaque(opaque).takeUnretainedValue().rebalances
        let kind: Rebalance =
            switch code {
            case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS: .assign
            case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS: .revoke
            default: .failed(KafkaError(code, "the group could not be balanced: \(KafkaError.text(code))"))
            }
        let pending = PendingRebalance(kind: kind, partitions: partitions(in: list), isLost: rd_kafka_assignment_lost(client) != 0)
        if announcements.announce(pending) { rd_kafka_assign(client, nil) }
        rd_kafka_yield(client)  // Ends the wait of a consume call for one record.
    }

private func partitions(in list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?) -> [KafkaPartition] {
    guard let list else { return [] }
    return (0..<Int(list.pointee.cnt)).map { KafkaPartition(topic: String(cString: list.pointee.elems[$0].topic), partition: list.pointee.elems[$0].partition) }
}

/// Lets several tasks wait for one end.
final class Ending: Sendable {
    private struct State {
        var isOver = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }
    private let state = Mutex(State())

    func finish() {
        let waiters = state.withLock { state in
            state.isOver = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func wait() async {
        await withCheckedContinuation { waiter in
            let isOver = state.withLock { state in
                if !state.isOver { state.waiters.append(waiter) }
                return state.isOver
            }
            if isOver { waiter.resume() }
        }
    }
}
