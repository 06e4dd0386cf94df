import CMicroHTTPD
import Glibc
import Synchronization

/// What libmicrohttpd's callbacks, the handlers' tasks and the sweeper share.
///
/// `@unchecked Sendable`: every `var` is atomic or under a lock; the descriptor is closed when nobody is left.
final class ListenerState: @unchecked Sendable {
    private struct Parked {
        /// No connection may be parked any more.
        var isSealed = false
        /// A connection is here exactly while libmicrohttpd holds it suspended.
        var exchanges: [ObjectIdentifier: Exchange] = [:]
    }

    /// POLLRDHUP, which the Glibc module lacks.
    private static let hangUp: Int16 = 0x2000

    let settings: HTTPListenerSettings
    let handler: HTTPListener.Handler
    /// Handlers at work.
    let running = Atomic<Int>(0)
    let liveExchanges = Atomic<Int>(0)
    let completed = Atomic<Int>(0)
    private let parked = Mutex(Parked())
    private let connections = Mutex<[ObjectIdentifier: Connection]>([:])
    private let stopping = Atomic<Bool>(false)
    private let wakeSweeper = eventfd(0, Int32(EFD_CLOEXEC))

    init(_ settings: HTTPListenerSettings, _ handler: @escaping HTTPListener.Handler) { (self.settings, self.handler) = (settings, handler) }

    deinit { close(wakeSweeper) }

    var isStopping: Bool { stopping.load(ordering: .acquiring) }
    var connectionCount: Int { connections.withLock { $0.count } }

    func add(_ connection: Connection) { connections.withLock { $0[ObjectIdentifier(connection)] = connection } }
    func remove(_ connection: Connection) { connections.withLock { $0[ObjectIdentifier(connection)] = nil } }

    // MARK: Parking: a suspended connection costs no thread while its handler works

    /// False when the listener stops: then the connection must be ended.
    func park(_ exchange: Exchange) -> Bool {
        parked.withLock { parked in
            if parked.isSealed { return false }
            MHD_suspend_connection(exchange.mhd)
            parked.exchanges[ObjectIdentifier(exchange)] = exchange
            return true
        }
    }

    func unpark(_ exchange: Exchange) {
        parked.withLock { parked in
            if parked.exchanges.removeValue(forKey: ObjectIdentifier(exchange)) != nil { MHD_resume_connection(exchange.mhd) }
        }
    }

    // MARK: Stopping

    func beginStop() {
        stopping.store(true, ordering: .releasing)
        // Streams have no end of their own: their tasks are told to end now.
        let streams = parked.withLock { $0.exchanges.values.filter { $0.isStreaming.load(ordering: .relaxed) } }
        for exchange in streams { exchange.cancel() }
    }

    /// Returns when no handler runs any more, or at the deadline.
    func handlersDone(within deadline: Duration) async {
        let end = ContinuousClock.now + deadline
        while running.load(ordering: .acquiring) > 0, ContinuousClock.now < end {
            // A cancelled caller stops waiting: it wants the rest cut.
            do { try await Task.sleep(for: .milliseconds(10)) } catch { return }
        }
    }

    /// After this nothing is suspended and nothing can be; MHD_stop_daemon aborts the process otherwise.
    func seal() {
        let left = parked.withLock { parked in
            parked.isSealed = true
            for exchange in parked.exchanges.values { MHD_resume_connection(exchange.mhd) }
            defer { parked.exchanges = [:] }
            return Array(parked.exchanges.values)
        }
        for exchange in left { exchange.cancel() }
    }

    // MARK: Sweeping

    /// The sweeper's life: twice a second it cuts the slow and notices the gone, until `endSweeping`.
    func sweepUntilWoken() {
        var wake = pollfd(fd: wakeSweeper, events: Int16(POLLIN), revents: 0)
        while poll(&wake, 1, 500) <= 0 {
            cutTheSlow(monotonicMilliseconds())
            for exchange in takeTheGone() { exchange.cancel() }
        }
    }

    func endSweeping() {
        var one: UInt64 = 1
        write(wakeSweeper, &one, 8)
    }

    private func cutTheSlow(_ now: Int64) {
        connections.withLock { connections in
            // libmicrohttpd closes a descriptor only after `remove`, so under this lock it is ours.
            let timed = connections.values.filter { $0.deadline.load(ordering: .relaxed) != .max }
            var polls = timed.map { pollfd(fd: $0.descriptor, events: Self.hangUp, revents: 0) }
            poll(&polls, UInt(polls.count), 0)
            for (connection, found) in zip(timed, polls) {
                // A hang-up that comes with the last bytes of half a request is lost on 0.9.75, which waits for edges.
                var byte: UInt8 = 0
                let isGone = found.revents != 0 && recv(connection.descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) <= 0
                if isGone || connection.deadline.load(ordering: .relaxed) < now { shutdown(connection.descriptor, Int32(SHUT_RDWR)) }
            }
        }
    }

    /// Parked exchanges whose peer hung up. One that has only finished sending may still read its answer, unless that never ends.
    private func takeTheGone() -> [Exchange] {
        parked.withLock { parked in
            let waiting = Array(parked.exchanges.values)
            var polls = waiting.map { pollfd(fd: $0.connection.descriptor, events: Self.hangUp, revents: 0) }
            guard !polls.isEmpty, poll(&polls, UInt(polls.count), 0) > 0 else { return [] }
            var gone: [Exchange] = []
            for (exchange, found) in zip(waiting, polls) where found.revents != 0 {
                let isReset = found.revents & Int16(POLLHUP | POLLERR) != 0
                guard isReset || exchange.isStreaming.load(ordering: .relaxed) else { continue }
                exchange.isPeerGone.store(true, ordering: .relaxed)
                parked.exchanges[ObjectIdentifier(exchange)] = nil
                MHD_resume_connection(exchange.mhd)
                gone.append(exchange)
            }
            return gone
        }
    }
}

/// Milliseconds on the clock that nobody sets.
func monotonicMilliseconds() -> Int64 {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
}
