import CMicroHTTPD
import Glibc
import Synchronization

/// A listener that could not start; the text says where it should have listened and why it could not.
public struct HTTPListenerError: Error, CustomStringConvertible {
    public let description: String
}

/// An HTTP/1.1 server over libmicrohttpd: one thread for all connections, one Swift task per request, strict about what it takes in.
///
/// libmicrohttpd parses loosely and times out idle peers only, so this wrapper does the refusing: what comes in is checked in
/// `HeadReading.swift`, who is slow or gone is found by the sweeper in `ListenerState.swift`.
public final class HTTPListener: Sendable {
    /// Answers a request. Its task is cancelled when the peer hangs up or `stop` reaches its deadline.
    public typealias Handler = @Sendable (ServerRequest) async -> ServerResponse

    /// `@unchecked Sendable`: set once; libmicrohttpd's functions on a daemon may be called from any thread.
    private struct Threads: @unchecked Sendable {
        let daemon: OpaquePointer
        let sweeper: pthread_t
    }

    private let state: ListenerState
    private let threads: Threads
    private let isStopped = Atomic<Bool>(false)

    /// Where it listens; chosen by the system when the settings said 0.
    public let port: UInt16

    /// Open connections, idle ones among them.
    public var connectionCount: Int { state.connectionCount }
    /// Requests whose memory is still held; 0 when nobody asks anything.
    public var liveExchanges: Int { state.liveExchanges.load(ordering: .relaxed) }
    /// Requests answered or cut since the start.
    public var completedRequests: Int { state.completed.load(ordering: .relaxed) }

    /// Listens at once. Throws `HTTPListenerError` when the address is none or taken.
    public init(_ settings: HTTPListenerSettings, handler: @escaping Handler) throws {
        let state = ListenerState(settings, handler)
        let daemon = try startDaemon(state)
        self.state = state
        port = UInt16(mhd_port(daemon))
        threads = Threads(daemon: daemon, sweeper: startThread { state.sweepUntilWoken() })
    }

    /// Stops accepting, ends the streams, waits for the handlers up to `deadline`, cuts the rest. A second call does nothing.
    public func stop(deadline: Duration) async {
        guard !isStopped.exchange(true, ordering: .acquiringAndReleasing) else { return }
        let socket = MHD_quiesce_daemon(threads.daemon)
        if socket >= 0 { shutdown(socket, Int32(SHUT_RDWR)) }  // Refuses the backlog at once.
        state.beginStop()
        await state.handlersDone(within: deadline)
        state.endSweeping()
        await withCheckedContinuation { (stopped: CheckedContinuation<Void, Never>) in
            // MHD_stop_daemon blocks until every connection is closed: not on the cooperative pool.
            let stopper = startThread { [self] in
                pthread_join(threads.sweeper, nil)
                state.seal()
                MHD_stop_daemon(threads.daemon)
                if socket >= 0 { close(socket) }
                stopped.resume()
            }
            pthread_detach(stopper)
        }
        Unmanaged.passUnretained(state).release()  // The reference that the callbacks held.
    }
}

private func startThread(_ body: @escaping @Sendable () -> Void) -> pthread_t {
    final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let box = Unmanaged.passRetained(Box(body))
    let failure = pthread_create(
        &thread, nil,
        { context in
            guard let context else { return nil }
            Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body()
            return nil
        }, box.toOpaque())
    precondition(failure == 0, "pthread_create: errno \(failure)")
    return thread
}
