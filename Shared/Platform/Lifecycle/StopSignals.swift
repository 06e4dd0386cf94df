import Dispatch
import Glibc
import Synchronization

/// SIGTERM and SIGINT, taken on a dispatch queue: it works even when every thread of the cooperative pool is stuck.
///
/// Not `sigwait`: an async `main` ends in `dispatch_main`, whose `sigsuspend` unblocks every signal on the main thread.
final class StopSignals: Sendable {
    private struct State {
        var signals = 0
        var isDeadlineRunning = false
        var isOver = false
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "signals")
    private let deadline: Duration
    /// Dispatch objects are safe from any thread; Dispatch only does not say so to the compiler.
    private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

    /// The first signal asks; the second, or the deadline, ends the process at once.
    init(deadline: Duration, first: @escaping @Sendable (Int32) -> Void) {
        self.deadline = deadline
        let queue = queue
        sources = [SIGTERM, SIGINT].map { DispatchSource.makeSignalSource(signal: $0, queue: queue) }
        for (source, signal) in zip(sources, [SIGTERM, SIGINT]) {
            // `@Sendable` keeps the closure free of the caller's isolation; without it a main-actor caller traps here.
            source.setEventHandler { @Sendable [self] in
                let seen = state.withLock { state in
                    state.signals += 1
                    return state.signals
                }
                guard seen == 1 else { endAtOnce(128 + signal, "second signal: exiting at once") }
                startDeadline(exitCode: 128 + signal)
                first(signal)
            }
            source.activate()
        }
    }

    /// From now on the services have the deadline to stop in; a second call does nothing.
    func startDeadline(exitCode: Int32) {
        let isFirst = state.withLock { state in
            defer { state.isDeadlineRunning = true }
            return !state.isDeadlineRunning
        }
        guard isFirst else { return }
        let milliseconds = Int(deadline / .milliseconds(1))
        queue.asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { @Sendable [self] in
            guard !state.withLock({ $0.isOver }) else { return }
            endAtOnce(exitCode, "services did not stop within \(deadline): exiting without them")
        }
    }

    /// All services have stopped: signals and the deadline mean nothing any more.
    func cancel() {
        state.withLock { $0.isOver = true }
        for source in sources { source.cancel() }
    }
}

/// Not `exit`: handlers and destructors could wait for the very thread that is stuck.
private func endAtOnce(_ code: Int32, _ reason: String) -> Never {
    let line = Array((reason + "\n").utf8)
    _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    _exit(code)
}
