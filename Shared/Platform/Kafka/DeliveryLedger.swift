import CKafka
import Dispatch
import Synchronization

/// Records that were handed over and did not arrive; bounded, the count is exact.
public struct KafkaDeliveryError: Error, Sendable, CustomStringConvertible {
    public struct Lost: Sendable, Equatable {
        public let partition: KafkaPartition
        /// Nil when the record had none, or it is no UTF-8.
        public let key: String?
        public let error: KafkaError
    }

    public let count: Int
    /// The first hundred.
    public let first: [Lost]

    public var description: String {
        let example = first.first.map { "; the first: key \($0.key ?? "none") for \($0.partition), \($0.error)" } ?? ""
        return "\(count) records were not delivered to Kafka\(example)"
    }
}

/// Counts what is under way and keeps the failures until `flush` asks for them.
final class DeliveryLedger: Sendable {
    private struct State {
        var failed = 0
        var first: [KafkaDeliveryError.Lost] = []
        var isWaited = false
    }
    private let underWay = Atomic<Int>(0)
    private let state = Mutex(State())
    private let room = DispatchSemaphore(value: 0)

    var outstanding: Int { underWay.load(ordering: .acquiring) }

    func began() { underWay.add(1, ordering: .acquiringAndReleasing) }
    func ended(_ count: Int = 1) { underWay.subtract(count, ordering: .acquiringAndReleasing) }

    func failed(_ lost: KafkaDeliveryError.Lost) {
        state.withLock { state in
            state.failed += 1
            if state.first.count < 100 { state.first.append(lost) }
        }
    }

    /// After each batch of reports: whoever found the queue full may try again.
    func madeRoom() {
        let wake = state.withLock { state in
            defer { state.isWaited = false }
            return state.isWaited
        }
        if wake { room.signal() }
    }

    /// Blocks until reports came in, at most a tenth of a second: a report may have come just before the wait began.
    func waitForRoom() {
        state.withLock { $0.isWaited = true }
        _ = room.wait(timeout: .now() + .milliseconds(100))
    }

    func settled(within timeout: Duration) async -> Bool {
        let deadline = ContinuousClock.now + timeout
        while outstanding > 0 {
            guard ContinuousClock.now < deadline, !Task.isCancelled else { return false }
            try? await Task.sleep(for: .milliseconds(2))  // Cancellation is seen by the guard.
        }
        return true
    }

    func takeFailures() -> KafkaDeliveryError? {
        state.withLock { state in
            guard state.failed > 0 else { return nil }
            defer { (state.failed, state.first) = (0, []) }
            return KafkaDeliveryError(count: state.failed, first: state.first)
        }
    }
}

/// Awaits one record's delivery; its retained pointer travels through librdkafka as the record's opaque.
final class DeliveryWaiter: Sendable {
    private let continuation: CheckedContinuation<KafkaDelivery, any Error>
    init(_ continuation: CheckedContinuation<KafkaDelivery, any Error>) { self.continuation = continuation }
    func resume(with result: Result<KafkaDelivery, any Error>) { continuation.resume(with: result) }
}
