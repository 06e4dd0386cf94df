import Lifecycle

/// A bounded number of connections that services share; whoever finds none free waits, up to a deadline (invariant 11).
public actor PostgresPool: Service {
    private let settings: PostgresSettings
    private let size: Int
    private let patience: Duration
    private var idle: [PostgresConnection] = []
    private var made = 0
    private var waiting: [(number: UInt64, wake: CheckedContinuation<PostgresConnection, any Error>)] = []
    private var nextWaiter: UInt64 = 0
    private var lastFailure: PostgresError?

    /// - Parameters:
    ///   - size: connections at most.
    ///   - patience: how long a caller waits for a free one.
    public init(_ settings: PostgresSettings, size: Int = 4, patience: Duration = .seconds(10)) {
        precondition(size > 0, "A pool without connections serves nobody.")
        (self.settings, self.size, self.patience) = (settings, size, patience)
    }

    /// Runs `work` on a free connection; see `PostgresConnection.perform`. A transaction that `work` left open is rolled back.
    /// - Throws: what `perform` throws; `poolExhausted` when no connection came free in time.
    public func perform<Value: Sendable>(_ work: @escaping @Sendable (PostgresSession) throws -> Value) async throws -> Value {
        let connection = try await take()
        defer { giveBack(connection) }
        do {
            let value = try await connection.perform { session in
                let result = Result { try work(session) }
                if session.isOpen, session.isInPipelineMode || session.isInTransaction { session.undo("ROLLBACK") }
                return try result.get()
            }
            lastFailure = nil
            return value
        } catch let error as PostgresError {
            lastFailure = error.isConnectionLoss ? error : nil
            throw error
        }
    }

    /// Why Postgres cannot be used, or nil: it can, as far as the last work on it showed.
    public var outage: PostgresError? { lastFailure }

    /// Holds the connections until it is cancelled, then closes them.
    public func run() async throws {
        await untilCancelled()
        for connection in idle { await connection.close() }
        idle = []
    }

    private func take() async throws -> PostgresConnection {
        try Task.checkCancellation()
        if let connection = idle.popLast() { return connection }
        if made < size {
            made += 1
            return PostgresConnection(settings)
        }
        nextWaiter += 1
        let number = nextWaiter
        let deadline = Task { [patience] in
            try await Task.sleep(for: patience)
            self.giveUp(number, PostgresError(kind: .poolExhausted, problem: "All \(self.size) connections to Postgres were busy for \(patience)"))
        }
        defer { deadline.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { wake in
                if Task.isCancelled { wake.resume(throwing: CancellationError()) } else { waiting.append((number, wake)) }
            }
        } onCancel: {
            Task { await self.giveUp(number, CancellationError()) }
        }
    }

    private func giveBack(_ connection: PostgresConnection) {
        if waiting.isEmpty { idle.append(connection) } else { waiting.removeFirst().wake.resume(returning: connection) }
    }

    private func giveUp(_ number: UInt64, _ error: any Error) {
        guard let index = waiting.firstIndex(where: { $0.number == number }) else { return }
        waiting.remove(at: index).wake.resume(throwing: error)
    }
}
