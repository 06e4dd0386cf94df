import Books
import Lifecycle
import Postgres
import Synchronization

/// Renews a run's lease while it works, on a thread and a connection of its own: a long pass over the source must not cost the lease.
actor LeaseKeeper {
    private let thread = DedicatedThread(name: "lease")
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    private let lease: Lease
    private let term: Duration
    private let database: PostgresConnection
    private nonisolated let state = Mutex<(any Error)?>(nil)

    init(_ lease: Lease, term: Duration, database: PostgresSettings) {
        (self.lease, self.term) = (lease, term)
        self.database = PostgresConnection(database)
    }

    /// Throws once the lease is lost: whoever works under it stops.
    nonisolated func check() throws {
        if let lost = state.withLock({ $0 }) { throw lost }
    }

    /// Renews at a third of the term until it is cancelled, or the lease is lost.
    func keep() async {
        var trusted = ContinuousClock.now + term
        while true {
            do {
                try await Task.sleep(for: term / 3)
                try await database.perform { [lease, term] session in try lease.renew(for: term, in: session) }
                trusted = ContinuousClock.now + term
            } catch let lost as LeaseLost {
                return state.withLock { $0 = lost }
            } catch is CancellationError {
                return
            } catch {
                // The database is away. Our own clock says how long the lease can still be trusted.
                if ContinuousClock.now >= trusted { return state.withLock { [lease] in $0 = LeaseExpired(lease: lease) } }
            }
        }
    }
}

/// The database was away for longer than the lease's term, so somebody else may have taken it.
struct LeaseExpired: Error, CustomStringConvertible {
    let lease: Lease
    var description: String { "the lease \(lease.name) could not be renewed before it ran out, because Postgres was away" }
}
