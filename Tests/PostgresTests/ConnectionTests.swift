import Postgres
import Synchronization
import TestSupport
import Testing

@Suite struct ConnectionTests {
    @Test func `cancelling the task ends its statement and no later one`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let connection = PostgresConnection(database.settings()), watcher = try database.session()
            let sleeper = Task { try await connection.perform { session in _ = try session.query("SELECT pg_sleep(25) /* sleeper */") } }
            try await eventually("the statement runs") {
                try watcher.query(
                    "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%/* sleeper */' AND datname = current_database() AND pid <> pg_backend_pid()"
                ).count == 1
            }
            sleeper.cancel()
            await #expect(throws: CancellationError.self) { try await sleeper.value }
            for _ in 0..<50 { #expect(try await connection.perform { try $0.query("SELECT 7").only().integer(0) } == 7) }
        }
    }

    @Test func `after a restart of the server the next work has a new session`() async throws {
        try await PostgresCluster.with { cluster in
            let connection = PostgresConnection(PostgresSettings(address: cluster.url))
            let first = try await connection.perform { $0.serverProcess }
            try cluster.restartImmediately()
            await #expect(throws: PostgresError.self) { try await connection.perform { _ = try $0.query("SELECT 1") } }
            try await connection.untilConnected()
            let second = try await connection.perform { try $0.query("SELECT pg_backend_pid()").only().integer(0) }
            #expect(Int64(first) != second)
        }
    }

    @Test func `while the server is away it is tried again, each time after a longer pause`() async throws {
        try await PostgresCluster.with { cluster in
            try cluster.stop()
            let clock = ManualClock(), failures = Mutex<[Int]>([])
            let connection = PostgresConnection(PostgresSettings(address: cluster.url), clock: clock, random: SeededGenerator(1))
            let waiting = Task {
                try await connection.untilConnected { error, count in
                    #expect(error.isConnectionLoss)
                    failures.withLock { $0.append(count) }
                }
            }
            for failure in 1...4 {
                try await eventually("try \(failure) has failed and the pause begun") { failures.withLock { $0.count } == failure && clock.sleepers == 1 }
                if failure == 4 { try cluster.start() }
                clock.advance(by: Backoff.reconnecting.ceiling(afterFailures: failure))
            }
            try await waiting.value
            #expect(failures.withLock { $0 } == [1, 2, 3, 4])
        }
    }

    @Test("The pause before a reconnect lies within its ceiling, which doubles up to half a minute", arguments: 1...100 as ClosedRange<UInt64>)
    func backoff(seed: UInt64) {
        var random = SeededGenerator(seed)
        let failures = Int.random(in: 1...200, using: &random)
        let delay = Backoff.reconnecting.delay(afterFailures: failures, using: &random)
        #expect(delay >= .zero && delay <= Backoff.reconnecting.ceiling(afterFailures: failures))
        #expect(Backoff.reconnecting.ceiling(afterFailures: 1) == .milliseconds(100))
        #expect(Backoff.reconnecting.ceiling(afterFailures: failures + 1) == min(.seconds(30), Backoff.reconnecting.ceiling(afterFailures: failures) * 2))
    }

    @Test func `a pool lends no more than it has, and tells when it waited too long`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let pool = PostgresPool(database.settings(), size: 1, patience: .milliseconds(200)), watcher = try database.session()
            try watcher.query("SELECT pg_advisory_lock(1)")
            let holder = Task { try await pool.perform { session in _ = try session.query("SELECT pg_advisory_lock(1)") } }
            try await eventually("the only connection is busy") {
                try watcher.query(
                    "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                ).count == 1
            }
            let error = await #expect(throws: PostgresError.self) { try await pool.perform { _ in } }
            #expect(error?.kind == .poolExhausted)
            let patient = Task { try await pool.perform { try $0.query("SELECT 3").only().integer(0) } }
            try watcher.query("SELECT pg_advisory_unlock(1)")
            try await holder.value
            #expect(try await patient.value == 3)
        }
    }

    @Test func `a pool gives nobody the open transaction of another`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let pool = PostgresPool(database.settings(), size: 1)
            try await pool.perform { _ = try $0.query("BEGIN") }
            #expect(try await pool.perform { $0.isInTransaction } == false)
            #expect(await pool.outage == nil)
        }
    }
}
