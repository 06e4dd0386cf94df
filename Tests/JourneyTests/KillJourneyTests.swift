import Foundation
import Kafka
import Postgres
import TestSupport
import Testing

/// The journey that everything else is for: whatever is killed, whenever, the table ends equal to the file and the books exact.
@Suite(.serialized, .timeLimit(.minutes(15))) struct KillJourneyTests {
    @Test func `whatever is killed in mid-run, the table ends equal to the file and no change is counted twice`() async throws {
        let seed = UInt64(ProcessInfo.processInfo.environment["ROLLCALL_SEED"] ?? "") ?? UInt64.random(in: 1...1_000_000)
        var random = SeededGenerator(seed)
        print("Journey: seed \(seed); replay with ROLLCALL_SEED=\(seed)")
        try await PostgresCluster.with { server in
            try await TestBroker.with { broker in
                try await JourneyWorld.with(rows: 20_000, on: server, broker: broker) { world in
                    let journey = Journey(world)
                    try await journey.killLoader(times: 30, &random)
                    try await journey.killExtractor(times: 10, &random)
                    try await journey.restartPostgres(server, times: 5, &random)
                    if broker.offers(.durable) {
                        try await journey.restartBroker(broker, times: 2, &random)
                        try await journey.loseTopic(on: broker, &random)
                    } else {
                        print("Journey: broker restarts left out here: \(broker.about)")
                    }
                    try journey.checkEveryBook()
                    print("Journey: \(journey.kills) kills hit work")
                }
            }
        }
    }
}

/// The phases of the journey; each writes a new version of the file, harms something while it is loaded, and checks the end.
private final class Journey {
    let world: JourneyWorld
    private(set) var kills = 0
    private var version = 0

    init(_ world: JourneyWorld) { self.world = world }

    func killLoader(times: Int, _ random: inout SeededGenerator) async throws {
        try nextVersion()
        let sync = try world.startSync()
        var hits = 0
        for mark in marks(times, &random) {
            let loader = try world.startLoader()
            let mark = max(mark, try world.counted() + 1)  // The new loader has done something before it dies.
            try await eventually("\(mark) changes counted (\(loader.errors.suffix(500)))", within: .seconds(60)) { try world.counted() >= mark }
            loader.signal(SIGKILL)
            try await loader.wait()
            // A kill counts when work was left: otherwise it proved nothing.
            if try world.counted() < world.rows { hits += 1 }
        }
        #expect(hits == times, "every kill is to find the loader at work")
        kills += hits
        try await finish(sync)
    }

    func killExtractor(times: Int, _ random: inout SeededGenerator) async throws {
        let loader = try world.startLoader()
        for index in 0..<times {
            try nextVersion()
            let before = try world.newestRun()
            let sync = try world.startSync()
            switch Int.random(in: 0..<3, using: &random) {
            case 0: try await eventually("a run begun", within: .seconds(60)) { try world.newestRun() > before }
            case 1:
                try await eventually("a plan written", within: .seconds(60)) {
                    try world.number("SELECT count(*) FROM run_streams WHERE run > \(before) AND planned_at IS NOT NULL") > 0
                }
            default:
                let mark = Int.random(in: 1...5_000, using: &random)
                try await eventually("\(mark) changes of the run counted", within: .seconds(60)) { try world.counted(sinceRun: before + 1) >= mark }
            }
            sync.signal(SIGKILL)
            #expect(try await sync.wait() == .signalled(SIGKILL), "kill \(index) came too late: the run was over")
            kills += 1
        }
        let last = try world.startSync()
        try await finish(last, with: loader)
        #expect(try world.number("SELECT count(*) FROM sync_runs WHERE status = 'running'") == 0)
    }

    func restartPostgres(_ server: PostgresCluster, times: Int, _ random: inout SeededGenerator) async throws {
        let loader = try world.startLoader()
        try nextVersion()
        let before = try world.newestRun()
        var sync = try world.startSync()
        for mark in marks(times, &random) {
            try await eventually("\(mark) changes counted after a restart", within: .seconds(90)) {
                if !sync.isRunning { sync = try world.startSync() }
                return (try? world.counted(sinceRun: before + 1)) ?? 0 >= mark
            }
            try server.restartImmediately()
            kills += 1
        }
        try await finish(sync, with: loader)
    }

    func restartBroker(_ broker: TestBroker, times: Int, _ random: inout SeededGenerator) async throws {
        let loader = try world.startLoader()
        try nextVersion()
        let before = try world.newestRun()
        let sync = try world.startSync()
        for mark in marks(times, &random) {
            try await eventually("\(mark) changes counted after a broker restart", within: .seconds(90)) {
                try world.counted(sinceRun: before + 1) >= mark
            }
            try broker.kill()
            try broker.start()
            kills += 1
        }
        try await finish(sync, with: loader)
    }

    /// The topic is deleted under the loader: that run cannot balance, says so, and the next closes the gap.
    func loseTopic(on broker: TestBroker, _ random: inout SeededGenerator) async throws {
        let loader = try world.startLoader(pausingMilliseconds: 20)
        try nextVersion()
        let before = try world.newestRun()
        let mark = Int.random(in: 1_000...8_000, using: &random)
        let sync = try ChildProcess(
            "extractor", ["sync", "customers", "--no-progress"], environment: world.environment(["ROLLCALL_BOOKS_PATIENCE": "8s"]))
        try await eventually("everything emitted and \(mark) changes counted", within: .seconds(90)) {
            try world.counted(sinceRun: before + 1) >= mark
                && world.number("SELECT count(*) FROM sync_runs WHERE run > \(before) AND emitted_at IS NOT NULL") > 0
        }
        loader.signal(SIGKILL)
        try await loader.wait()
        try #require(try world.counted(sinceRun: before + 1) < world.rows)
        try await KafkaAdmin(broker.settings).deleteTopics([world.changesTopic])
        kills += 1
        #expect(try await sync.wait(within: .seconds(90)) == .exited(5))
        #expect(try world.database.session().query("SELECT status FROM sync_runs ORDER BY run DESC LIMIT 1").only().text(0) == "unbalanced")
        let again = try world.startLoader()
        let next = try world.startSync()
        try await finish(next, with: again)
    }

    /// Loads to the end with a loader that is left alone; the run closes well and the table equals the file.
    private func finish(_ sync: ChildProcess, with running: ChildProcess? = nil) async throws {
        let loader = try running ?? world.startLoader(pausingMilliseconds: 0)
        var ending = try await sync.wait(within: .seconds(180))
        // A run that lost Postgres or its balance says so and ends; the next one brings what is missing.
        for _ in 0..<3 where ending != .exited(0) {
            ending = try await world.startSync().wait(within: .seconds(180))
        }
        #expect(ending == .exited(0), "\(sync.errors.suffix(2_000))")
        #expect(try world.differences(fromVersion: version) == 0)
        loader.signal(SIGTERM)
        #expect(try await loader.wait() == .exited(143))
    }

    /// Invariant 4, by the views that production has: what closed well balances, and nothing anywhere is counted beyond what was emitted.
    func checkEveryBook() throws {
        #expect(try world.number("SELECT count(*) FROM run_books WHERE status = 'complete' AND NOT balanced") == 0)
        #expect(try world.number("SELECT count(*) FROM run_books WHERE read_unaccounted <> 0 AND status <> 'failed'") == 0)
        #expect(try world.number("SELECT count(*) FROM run_books WHERE counted > emitted") == 0)
        #expect(try world.number("SELECT count(*) FROM run_failures WHERE NOT explained") == 0)
        #expect(try world.number("SELECT count(*) FROM customers") == world.rows)
        #expect(try world.number("SELECT count(*) FROM sync_rows WHERE owed IS NULL AND hash IS NOT NULL") == world.rows)
    }

    private func nextVersion() throws {
        version += 1
        try world.writeSource(version: version)
    }

    /// Rising counts within one load at which something is killed; the last leaves work for the survivor.
    private func marks(_ count: Int, _ random: inout SeededGenerator) -> [Int] {
        (0..<count).map { _ in Int.random(in: 1...(world.rows * 17 / 20), using: &random) }.sorted()
    }
}
