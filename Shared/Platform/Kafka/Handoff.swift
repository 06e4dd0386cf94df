import CKafka
import Dispatch
import Synchronization

/// Between the poll thread, which puts, and one reader, which takes: bounded, in order, emptied when an assignment ends.
final class Handoff: Sendable {
    private struct State {
        var messages: [UnsafeMutablePointer<rd_kafka_message_t>] = []
        var taken = 0
        var bytes = 0
        var epoch: UInt64 = 0
        var atEnd: Set<KafkaPartition> = []
        var failure: (any Error)?
        var waiter: CheckedContinuation<Void, any Error>?
        var waiterDeadline = ContinuousClock.now
        var wasCancelled = false
        var threadWaits = false

        var count: Int { messages.count - taken }
    }
    private let handle: KafkaHandle
    private let recordsMax: Int
    private let bytesMax: Int
    /// Pointers to messages, which any thread may use; the compiler cannot know that.
    private let state = Mutex(UncheckedState())
    private struct UncheckedState: @unchecked Sendable { var inner = State() }
    private let space = DispatchSemaphore(value: 0)

    init(of handle: KafkaHandle, recordsMax: Int, bytesMax: Int) { (self.handle, self.recordsMax, self.bytesMax) = (handle, recordsMax, bytesMax) }

    deinit { drop() }

    var epoch: UInt64 { with { $0.epoch } }
    var partitionsAtEnd: Set<KafkaPartition> { with { $0.atEnd } }
    var isFull: Bool { with { $0.count >= recordsMax || $0.bytes >= bytesMax } }

    // MARK: The reader's side

    func take(upTo limit: Int) throws -> KafkaBatch? {
        let (messages, epoch, wakes) = try with { state in
            let count = Swift.min(limit, state.count)
            guard count > 0 else {
                if let failure = state.failure { throw failure }
                return ([UnsafeMutablePointer<rd_kafka_message_t>](), state.epoch, false)
            }
            let taken = Array(state.messages[state.taken..<state.taken + count])
            state.taken += count
            for message in taken { state.bytes -= message.pointee.len + message.pointee.key_len }
            if state.count == 0 {
                state.messages.removeAll(keepingCapacity: true)
                state.taken = 0
            }
            defer { state.threadWaits = false }
            return (taken, state.epoch, state.threadWaits)
        }
        if wakes { space.signal() }
        return messages.isEmpty ? nil : KafkaBatch(messages, epoch: epoch, of: handle)
    }

    /// Returns when records are there or the time is over.
    nonisolated(nonsending) func wait(until deadline: ContinuousClock.Instant) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (waiter: CheckedContinuation<Void, any Error>) in
                let answer: Result<Void, any Error>? = with { state in
                    precondition(state.waiter == nil, "one task at a time reads a KafkaConsumer")
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.count > 0 || state.failure != nil { return .success(()) }
                    (state.waiter, state.waiterDeadline) = (waiter, deadline)
                    return nil
                }
                if let answer { waiter.resume(with: answer) }
            }
        } onCancel: {
            takeWaiter { _ in true }?.resume(throwing: CancellationError())
        }
    }

    // MARK: The poll thread's side

    /// Takes over the messages and wakes the reader.
    func put(_ messages: some Swift.Sequence<UnsafeMutablePointer<rd_kafka_message_t>>) {
        with { state in
            if state.taken > 1024 {
                state.messages.removeFirst(state.taken)
                state.taken = 0
            }
            for message in messages {
                state.messages.append(message)
                state.bytes += message.pointee.len + message.pointee.key_len
            }
        }
        takeWaiter { $0.count > 0 }?.resume()
    }

    /// Wakes a reader whose time is over; called every few hundredths of a second.
    func tick(_ now: ContinuousClock.Instant) { takeWaiter { $0.waiterDeadline <= now }?.resume() }

    func reachedEnd(_ partition: KafkaPartition) { with { _ = $0.atEnd.insert(partition) } }
    func movedOn(_ partition: KafkaPartition) { with { _ = $0.atEnd.remove(partition) } }

    /// Drops what waits and begins the next epoch.
    func beginEpoch() -> UInt64 {
        drop()
        return with { state in
            state.epoch += 1
            state.atEnd = []
            return state.epoch
        }
    }

    func fail(_ error: any Error) {
        with { if $0.failure == nil { $0.failure = error } }
        takeWaiter { _ in true }?.resume()
    }

    /// Waits until the reader took something, at most a short while.
    func waitForSpace() {
        with { $0.threadWaits = true }
        _ = space.wait(timeout: .now() + .milliseconds(50))
    }

    private func drop() {
        let messages = with { state in
            defer { (state.messages, state.taken, state.bytes) = ([], 0, 0) }
            return Array(state.messages[state.taken...])
        }
        for message in messages { rd_kafka_message_destroy(message) }
    }

    private func takeWaiter(if condition: (State) -> Bool) -> CheckedContinuation<Void, any Error>? {
        with { state in
            guard let waiter = state.waiter, condition(state) else { return nil }
            state.waiter = nil
            return waiter
        }
    }

    private func with<Value>(_ body: (inout State) throws -> Value) rethrows -> Value {
        try state.withLock { try body(&$0.inner) }
    }
}
