import Foundation
import Postgres
import TestSupport
import Testing

/// The journey of failures: poison of five kinds, newer changes racing retries, and everything killed or frozen meanwhile. At the end each key
/// is right or owed with its reason, and every attempt, alert and book is exact.
@Suite(.serialized, .timeLimit(.minutes(10))) struct RetryJourneyTests {
    @Test func `whatever is killed while rows are retried, each ends right or owed with its reason`() async throws {
        let seed = UInt64(ProcessInfo.processInfo.environment["ROLLCALL_SEED"] ?? "") ?? UInt64.random(in: 1...1_000_000)
        var random = SeededGenerator(seed)
        print("Journey of failures: seed \(seed); replay with ROLLCALL_SEED=\(seed)")
        var poison: [Int: RetryWorld.Poison] = [:]
        while poison.count < 100 {
            poison[Int.random(in: 1..<5_000, using: &random)] = RetryWorld.Poison.allCases[poison.count % RetryWorld.Poison.allCases.count]
        }
        try await PostgresCluster.with { server in
            try await TestBroker.with { broker in
                try await RetryWorld.with(rows: 5_000, poison: poison, on: server, broker: broker) { world in
                    let services = Services(world)
                    try services.startAll()
                    try world.write(version: 1)
                    try await world.sync()
                    #expect(try world.number("SELECT count(*) FROM rows_waiting") == 100)

                    // Every row changes, a third of the poison is mended at the source, and its retries race with that.
                    let mended = Set(poison.keys.filter { _ in Int.random(in: 0..<3, using: &random) == 0 })
                    try world.write(version: 2, mended: mended)
                    let second = Task { try await world.sync() }
                    for _ in 0..<6 { try await services.harm(&random) }
                    try server.restartImmediately()
                    if broker.offers(.durable) {
                        try broker.kill()
                        try broker.start()
                    }
                    try await second.value

                    // The cure of one kind, with more harm while it heals.
                    try world.database.session().runScript("ALTER TABLE customers ALTER COLUMN name TYPE text")
                    for _ in 0..<6 { try await services.harm(&random) }
                    try await world.sync()
                    try await check(world, poison, mended)
                    print("Journey of failures: \(services.harmed) times something was killed or frozen")
                    await services.stopAll()
                }
            }
        }
    }

    private func check(_ world: RetryWorld, _ poison: [Int: RetryWorld.Poison], _ mended: Set<Int>) async throws {
        let waits = poison.filter { !mended.contains($0.key) && $0.value != .tooLong }
        let given = waits.filter(\.value.isQueued).count
        try await eventually("what can land has landed, and the rest is given up", within: .seconds(120)) {
            try world.number("SELECT count(*) FROM rows_waiting") == waits.count
                && world.number("SELECT count(*) FROM retry_queue WHERE status = 'permanently_failed'") == given
                && world.number("SELECT count(*) FROM retry_queue") == given
        }
        // Each key is right, or owed with its reason; nothing older stands where something newer was.
        let table = try world.table()
        var wrong = 0
        for number in 0..<world.rows where waits[number] == nil {
            if table["C\(number)"] != world.row(number, version: 2, mended: mended) { wrong += 1 }
        }
        #expect(wrong == 0)
        var reasons: [String: String] = [:]
        for row in try world.database.session().query("SELECT key, error_code FROM rows_waiting") { reasons[try row.text(0)] = try row.text(1) }
        #expect(reasons == Dictionary(uniqueKeysWithValues: waits.map { ("C\($0.key)", $0.value.code) }))
        // Whoever was given up had its first load and three retries of this content, each once: none was burnt, none counted twice.
        let odd = try world.database.session().query(
            """
            SELECT q.record_key, q.error_code, q.attempt_count, q.releases, q.first_failed_at, string_agg(
                l.attempt || '@' || (l.sequence >> 32) || ' ' || l.created_at, ', ' ORDER BY l.created_at)
            FROM retry_queue q JOIN sync_error_log l ON (l.pipeline, l.stream, l.record_key) = (q.pipeline, q.stream, q.record_key)
            GROUP BY q.id HAVING attempt_count <> 4 OR releases <> 0
                OR array_agg(l.attempt ORDER BY l.attempt) FILTER (WHERE l.attempt > 1 AND l.created_at >= q.first_failed_at) IS DISTINCT FROM ARRAY[2, 3, 4]
            """
        ).map { row in (0..<6).map { row.optionalText($0) ?? "" }.joined(separator: " | ") }
        #expect(odd == [])
        // Every permanent failure was told once, and only those.
        try await eventually("every permanent failure was told", within: .seconds(30)) {
            try world.number("SELECT count(*) FROM retry_queue WHERE announced_attempt IS DISTINCT FROM attempt_count") == 0
        }
        let told = Set(try await world.alerts("permanent_failure"))
        let entries = try world.database.session().query("SELECT 'permanent_failure/' || id || '/' || attempt_count FROM retry_queue").map { try $0.text(0) }
        #expect(told.isSuperset(of: entries))
        // Both books, of every run.
        #expect(try world.number("SELECT count(*) FROM run_failures WHERE NOT explained") == 0)
        #expect(try world.number("SELECT count(*) FROM run_books WHERE status IN ('complete', 'complete_with_exceptions') AND NOT balanced") == 0)
        #expect(try world.number("SELECT count(*) FROM run_books WHERE counted > emitted") == 0)
    }
}

/// Two loaders and two retriers, killed, frozen and started again.
private final class Services {
    let world: RetryWorld
    private(set) var harmed = 0
    private var running: [(product: String, process: ChildProcess)] = []

    init(_ world: RetryWorld) { self.world = world }

    func startAll() throws {
        for product in ["loader", "loader", "retrier", "retrier"] { running.append((product, try world.start(product, ["run"]))) }
    }

    /// Kills one and starts another in its place, or freezes one for longer than its lease.
    func harm(_ random: inout SeededGenerator) async throws {
        let index = Int.random(in: 0..<running.count, using: &random)
        if Bool.random(using: &random) {
            running[index].process.signal(SIGKILL)
            try await running[index].process.wait()
            running[index].process = try world.start(running[index].product, ["run"])
        } else {
            running[index].process.signal(SIGSTOP)
            try await Task.sleep(for: .milliseconds(Int.random(in: 500...4_500, using: &random)))
            running[index].process.signal(SIGCONT)
        }
        harmed += 1
    }

    func stopAll() async {
        for (_, process) in running { process.signal(SIGTERM) }
        for (product, process) in running {
            do { #expect(try await process.wait() == .exited(143), "\(product)") } catch { Issue.record(error) }
        }
    }
}
