import Dispatch
import Lifecycle
import Synchronization

/// A session on a thread of its own, made when first needed and made anew after it was lost.
///
/// One call of `perform` is one hop to that thread (some 10–20 µs), so a call does a batch, never a row.
public actor PostgresConnection {
    private let thread = DedicatedThread(name: "postgres")
    public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    private let settings: PostgresSettings
    private let backoff: Backoff
    private let clock: any Clock<Duration>
    private var random: any RandomNumberGenerator & Sendable
    private var session: PostgresSession?
    private let running = RunningWork()

    /// - Parameters:
    ///   - clock: on which `untilConnected` waits between two tries.
    ///   - random: where its jitter comes from.
    public init(
        _ settings: PostgresSettings, backoff: Backoff = .reconnecting, clock: any Clock<Duration> = ContinuousClock(),
        random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) {
        (self.settings, self.backoff, self.clock, self.random) = (settings, backoff, clock, random)
    }

    /// Runs `work` with the session on its thread, connecting first if there is none. It is run once: after a lost connection the caller
    /// decides what to repeat, since only he knows what committed.
    ///
    /// Cancelling the task cancels the statement under way.
    /// - Throws: what `work` threw, `connectionLost` when no session came about, `CancellationError`.
    public func perform<Value: Sendable>(_ work: @Sendable (PostgresSession) throws -> Value) async throws -> Value {
        let turn = running.newTurn()
        return try await withTaskCancellationHandler {
            try run(work, turn)
        } onCancel: {
            running.cancel(turn)
        }
    }

    /// Tries until a session stands, waiting with full jitter between the tries.
    /// - Throws: `CancellationError`, or an error no waiting cures (`badSettings`).
    /// - Parameter onFailure: hears every failed try with the number of failures in a row, so that readiness and one alert can tell.
    public func untilConnected(onFailure: @Sendable (PostgresError, Int) -> Void = { _, _ in }) async throws {
        var failures = 0
        while true {
            do {
                return try await perform { _ in }
            } catch let error as PostgresError where error.isConnectionLoss {
                failures += 1
                onFailure(error, failures)
                try await clock.sleep(for: backoff.delay(afterFailures: failures, using: &random))
            }
        }
    }

    /// Ends the session; the next `perform` makes a new one.
    public func close() { session = nil }

    private func run<Value: Sendable>(_ work: (PostgresSession) throws -> Value, _ turn: RunningWork.Turn) throws -> Value {
        defer { running.end(turn) }
        try Task.checkCancellation()
        let session = try usableSession(turn)
        guard running.begin(turn, cancelledBy: try session.cancelHandle()) else { throw CancellationError() }
        do {
            let value = try work(session)
            if !session.isOpen { self.session = nil }
            return value
        } catch {
            if !session.isOpen { self.session = nil }
            if let error = error as? PostgresError, error.sqlState == "57014", Task.isCancelled { throw CancellationError() }
            throw error
        }
    }

    private func usableSession(_ turn: RunningWork.Turn) throws -> PostgresSession {
        if let session, session.isOpen { return session }
        session = nil  // Closes the old socket before a new one opens.
        let session = try PostgresSession.connect(settings) { running.isCancelled(turn) }
        self.session = session
        return session
    }
}

/// Which work runs on a connection now, so that a cancellation meets the statement it is meant for and no later one.
private final class RunningWork: Sendable {
    typealias Turn = UInt64

    private struct State {
        var nextTurn: Turn = 0
        var current: (turn: Turn, handle: CancelHandle)?
        var cancelled: Set<Turn> = []
    }

    private let state = Mutex(State())

    func newTurn() -> Turn {
        state.withLock { state in
            state.nextTurn += 1
            return state.nextTurn
        }
    }

    func isCancelled(_ turn: Turn) -> Bool { state.withLock { $0.cancelled.contains(turn) } }

    /// False when the turn was cancelled before it began.
    func begin(_ turn: Turn, cancelledBy handle: CancelHandle) -> Bool {
        state.withLock { state in
            guard !state.cancelled.contains(turn) else { return false }
            state.current = (turn, handle)
            return true
        }
    }

    func end(_ turn: Turn) {
        state.withLock { state in
            if state.current?.turn == turn { state.current = nil }
            state.cancelled.remove(turn)
        }
    }

    /// Asks the server on a thread of Dispatch, since it takes a connection of its own. The lock is held meanwhile: `end` waits for it, and
    /// so the request cannot hit the statement of a later turn.
    func cancel(_ turn: Turn) {
        state.withLock { _ = $0.cancelled.insert(turn) }
        DispatchQueue.global().async { @Sendable [self] in
            state.withLock { state in
                guard let current = state.current, current.turn == turn else { return }
                try? current.handle.cancel()  // If the server cannot be told, the statement's own time-outs end it.
            }
        }
    }
}
