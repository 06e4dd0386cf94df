import CMicroHTTPD
import Synchronization

/// The handler's end of a streamed response. `write` waits while more than `highWater` bytes
/// are unsent: that is the back-pressure.
public final class StreamWriter: Sendable {
    private struct State {
        var pending: [[UInt8]] = []
        var head = 0  // offset into pending[0]
        var bytes = 0
        var waiting = false  // libmicrohttpd parked the connection for want of data
        var finished = false
        var failed = false
        var closed = false
        var started = false
        var writer: CheckedContinuation<Bool, Never>?
    }

    private static let highWater = 64 * 1024
    private let exchange: Exchange
    private let producer: ServerResponse.Producer
    private let state = Mutex(State())

    init(_ exchange: Exchange, _ producer: @escaping ServerResponse.Producer) {
        self.exchange = exchange
        self.producer = producer
        exchange.streaming.store(true, ordering: .relaxed)
    }

    public func write(_ chunk: [UInt8]) async throws {
        guard !chunk.isEmpty else { return }
        let open = await withTaskCancellationHandler {
            await withCheckedContinuation { (c: CheckedContinuation<Bool, Never>) in
                let (wake, answer): (Bool, Bool?) = state.withLock { s in
                    if s.closed || Task.isCancelled { return (false, false) }
                    s.pending.append(chunk)
                    s.bytes += chunk.count
                    let wake = s.waiting
                    s.waiting = false
                    if s.bytes <= Self.highWater { return (wake, true) }
                    s.writer = c
                    return (wake, nil)
                }
                if wake { exchange.listener.unpark(exchange) }
                if let answer { c.resume(returning: answer) }
            }
        } onCancel: {
            state.withLock { s in
                defer { s.writer = nil }
                return s.writer
            }?.resume(returning: false)
        }
        if !open { throw StreamClosed() }
    }

    private func finish(failed: Bool) {
        let wake = state.withLock { s in
            s.finished = true
            s.failed = failed
            defer { s.waiting = false }
            return s.waiting
        }
        if wake { exchange.listener.unpark(exchange) }
    }

    private func start() {
        exchange.keep(
            Task { [self] in
                do {
                    try await producer(self)
                    finish(failed: false)
                } catch {
                    // A stream cut by a graceful stop still ends with a proper last chunk.
                    finish(failed: !exchange.listener.isStopping)
                }
            })
    }

    /// libmicrohttpd wants up to `max` bytes.
    func read(into buffer: UnsafeMutablePointer<CChar>, max: Int) -> Int {
        if exchange.ended.load(ordering: .relaxed) { return mhd_end_with_error }
        let (count, begin, writer): (Int, Bool, CheckedContinuation<Bool, Never>?) = state.withLock { s in
            let begin = !s.started
            s.started = true
            var n = 0
            while n < max, let first = s.pending.first {
                let take = min(max - n, first.count - s.head)
                first.withUnsafeBytes { raw in
                    UnsafeMutableRawPointer(buffer + n).copyMemory(from: raw.baseAddress! + s.head, byteCount: take)
                }
                n += take
                s.head += take
                if s.head == first.count {
                    s.pending.removeFirst()
                    s.head = 0
                }
            }
            s.bytes -= n
            var writer: CheckedContinuation<Bool, Never>?
            if s.bytes <= Self.highWater {
                writer = s.writer
                s.writer = nil
            }
            if n > 0 { return (n, begin, writer) }
            if s.finished { return (s.failed ? mhd_end_with_error : mhd_end_of_stream, begin, writer) }
            // Park under the lock: a write() that comes next must find the connection parked.
            guard exchange.listener.park(exchange) else { return (mhd_end_with_error, false, writer) }
            s.waiting = true
            return (0, begin, writer)
        }
        writer?.resume(returning: true)
        if begin { start() }
        if exchange.listener.isStopping { exchange.cancel() }  // was not parked when the stop began
        return count
    }

    /// The response object is gone.
    func close() {
        let writer = state.withLock { s in
            s.closed = true
            s.pending = []
            defer { s.writer = nil }
            return s.writer
        }
        writer?.resume(returning: false)
    }
}
