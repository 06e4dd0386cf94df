import CMicroHTTPD
import Glibc
import Synchronization

/// State shared by the callbacks, the tasks and the sweeper.
final class ListenerState: @unchecked Sendable {
    struct Parked {
        var sealed = false  // no connection may be parked any more
        var set: [ObjectIdentifier: Exchange] = [:]
    }

    private static let hangUp: Int16 = 0x2000  // POLLRDHUP, absent from the Glibc module

    let settings: HTTPListenerSettings
    let handler: HTTPListener.Handler
    /// A connection is in `set` exactly while libmicrohttpd holds it suspended.
    private let parked = Mutex(Parked())
    private let connections = Mutex<[ObjectIdentifier: Connection]>([:])
    private let stopping = Atomic<Bool>(false)
    let wakeSweeper = eventfd(0, Int32(EFD_CLOEXEC))
    let running = Atomic<Int>(0)
    let liveExchanges = Atomic<Int>(0)
    let completed = Atomic<Int>(0)

    init(_ settings: HTTPListenerSettings, _ handler: @escaping HTTPListener.Handler) {
        self.settings = settings
        self.handler = handler
    }

    deinit { close(wakeSweeper) }

    var isStopping: Bool { stopping.load(ordering: .acquiring) }
    var connectionCount: Int { connections.withLock { $0.count } }

    func beginStop() {
        stopping.store(true, ordering: .releasing)
        // Streams have no end of their own: their tasks are told to end now.
        for e in parked.withLock({ $0.set.values.filter { $0.streaming.load(ordering: .relaxed) } }) { e.cancel() }
    }

    func park(_ e: Exchange) -> Bool {
        parked.withLock { p in
            if p.sealed { return false }
            MHD_suspend_connection(e.mhd)
            p.set[ObjectIdentifier(e)] = e
            return true
        }
    }

    func unpark(_ e: Exchange) {
        parked.withLock { p in
            if p.set.removeValue(forKey: ObjectIdentifier(e)) != nil { MHD_resume_connection(e.mhd) }
        }
    }

    /// After this nothing is suspended and nothing can be: MHD_stop_daemon is safe.
    func seal() {
        let all = parked.withLock { p in
            p.sealed = true
            for e in p.set.values { MHD_resume_connection(e.mhd) }
            defer { p.set = [:] }
            return Array(p.set.values)
        }
        for e in all { e.cancel() }
    }

    func add(_ c: Connection) { connections.withLock { $0[ObjectIdentifier(c)] = c } }
    func remove(_ c: Connection) { connections.withLock { $0[ObjectIdentifier(c)] = nil } }

    /// The sweeper's life: twice a second, until `endSweeping`.
    func sweepUntilWoken() {
        var wake = pollfd(fd: wakeSweeper, events: Int16(POLLIN), revents: 0)
        while poll(&wake, 1, 500) <= 0 { sweep() }
    }

    func endSweeping() {
        var one: UInt64 = 1
        write(wakeSweeper, &one, 8)
    }

    /// Returns when no handler runs any more, or at the deadline.
    func handlersDone(within deadline: Duration) async {
        let end = ContinuousClock.now + deadline
        while running.load(ordering: .acquiring) > 0, ContinuousClock.now < end {
            // A cancelled caller stops waiting: it wants the rest cut.
            do { try await Task.sleep(for: .milliseconds(10)) } catch { return }
        }
    }

    /// Cuts the slow, notices the gone.
    private func sweep() {
        let now = monotonicMilliseconds()
        connections.withLock { table in
            // libmicrohttpd closes the descriptor only after remove(), so under this lock it is ours.
            // A hang-up that comes with the last bytes of a half-sent request is lost on 0.9.75 (edge trigger).
            let idle = table.values.filter { $0.deadline.load(ordering: .relaxed) != .max }
            var polls = idle.map { pollfd(fd: $0.fd, events: Self.hangUp, revents: 0) }
            poll(&polls, UInt(polls.count), 0)
            for (c, f) in zip(idle, polls) {
                var byte: UInt8 = 0
                let gone = f.revents != 0 && recv(c.fd, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) <= 0
                if gone || c.deadline.load(ordering: .relaxed) < now { shutdown(c.fd, Int32(SHUT_RDWR)) }
            }
        }
        let gone: [Exchange] = parked.withLock { p in
            let list = Array(p.set.values)
            var polls = list.map { pollfd(fd: $0.connection.fd, events: Self.hangUp, revents: 0) }
            guard !polls.isEmpty, poll(&polls, UInt(polls.count), 0) > 0 else { return [] }
            var gone: [Exchange] = []
            for (e, f) in zip(list, polls) where f.revents != 0 {
                let dead = f.revents & Int16(POLLHUP | POLLERR) != 0
                guard dead || e.streaming.load(ordering: .relaxed) else { continue }
                e.ended.store(true, ordering: .relaxed)
                p.set[ObjectIdentifier(e)] = nil
                MHD_resume_connection(e.mhd)
                gone.append(e)
            }
            return gone
        }
        for e in gone { e.cancel() }
    }
}

func monotonicMilliseconds() -> Int64 {
    var t = timespec()
    clock_gettime(CLOCK_MONOTONIC, &t)
    return Int64(t.tv_sec) * 1000 + Int64(t.tv_nsec) / 1_000_000
}
