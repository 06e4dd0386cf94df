import CMicroHTTPD
import Synchronization

/// The client is gone, or the server is stopping.
public struct StreamClosed: Error {
    public init() {}
}

/// The handler's end of a streamed answer.
public final class StreamWriter: Sendable {
    private struct State {
        var pending: [[UInt8]] = []
        /// How much of the first of `pending` is sent.
        var sentOfFirst = 0
        var unsentBytes = 0
        /// libmicrohttpd has parked the connection for want of bytes.
        var isParked = false
        var hasStarted = false
        var isFinished = false
        var hasFailed = false
        var isClosed = false
        var writer: CheckedContinuation<Bool, Never>?

        /// Moves up to `room.count` bytes out of `pending`.
        mutating func take(into room: UnsafeMutableRawBufferPointer) -> Int {
            var taken = 0
            while taken < room.count, let first = pending.first {
                let count = min(room.count - taken, first.count - sentOfFirst)
                room[taken..<taken + count].copyBytes(from: first[sentOfFirst..<sentOfFirst + count])
                taken += count
                sentOfFirst += count
                if sentOfFirst == first.count {
                    pending.removeFirst()
                    sentOfFirst = 0
                }
            }
            unsentBytes -= taken
            return taken
        }

        /// The writer that may go on, if there is one.
        mutating func takeWriter() -> CheckedContinuation<Bool, Never>? {
            defer { writer = nil }
            return writer
        }
    }

    /// `write` waits while more than this is unsent: a slow reader slows its writer, and memory stays bounded.
    private static let unsentBytesMax = 64 * 1024

    private let exchange: Exchange
    private let producer: ServerResponse.Producer
    private let state = Mutex(State())

    init(_ exchange: Exchange, _ producer: @escaping ServerResponse.Producer) {
        (self.exchange, self.producer) = (exchange, producer)
        exchange.isStreaming.store(true, ordering: .relaxed)
    }

    /// Sends a piece; returns when more may be written. Throws `StreamClosed` when nobody reads any more.
    public func write(_ piece: [UInt8]) async throws {
        guard !piece.isEmpty else { return }
        let isOpen = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (wakes, answer): (Bool, Bool?) = state.withLock { state in
                    if state.isClosed || Task.isCancelled { return (false, false) }
                    state.pending.append(piece)
                    state.unsentBytes += piece.count
                    defer { state.isParked = false }
                    if state.unsentBytes <= Self.unsentBytesMax { return (state.isParked, true) }
                    state.writer = continuation
                    return (state.isParked, nil)
                }
                if wakes { exchange.listener.unpark(exchange) }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            state.withLock { $0.takeWriter() }?.resume(returning: false)
        }
        if !isOpen { throw StreamClosed() }
    }

    /// libmicrohttpd has room for bytes. The first call starts the producer, so a HEAD request, which never asks, never does.
    func read(into room: UnsafeMutableRawBufferPointer) -> Int {
        if exchange.isPeerGone.load(ordering: .relaxed) { return mhd_end_with_error }
        let (count, starts, writer): (Int, Bool, CheckedContinuation<Bool, Never>?) = state.withLock { state in
            let starts = !state.hasStarted
            state.hasStarted = true
            let taken = state.take(into: room)
            let writer = state.unsentBytes <= Self.unsentBytesMax ? state.takeWriter() : nil
            if taken > 0 { return (taken, starts, writer) }
            if state.isFinished { return (state.hasFailed ? mhd_end_with_error : mhd_end_of_stream, starts, writer) }
            // Under the lock: a write that comes next must find the connection parked.
            guard exchange.listener.park(exchange) else { return (mhd_end_with_error, false, writer) }
            state.isParked = true
            return (0, starts, writer)
        }
        writer?.resume(returning: true)
        if starts { start() }
        if exchange.listener.isStopping { exchange.cancel() }  // It may not have been parked when the stop began.
        return count
    }

    /// libmicrohttpd has let go of the answer.
    func close() {
        let writer = state.withLock { state in
            state.isClosed = true
            state.pending = []
            return state.takeWriter()
        }
        writer?.resume(returning: false)
    }

    private func start() {
        exchange.keep(
            Task { [self] in
                do {
                    try await producer(self)
                    finish(failed: false)
                } catch {
                    // A stream that ends because the server stops still ends properly; any other error must not look like an end.
                    finish(failed: !exchange.listener.isStopping)
                }
            })
    }

    private func finish(failed: Bool) {
        let wakes = state.withLock { state in
            (state.isFinished, state.hasFailed) = (true, failed)
            defer { state.isParked = false }
            return state.isParked
        }
        if wakes { exchange.listener.unpark(exchange) }
    }
}
