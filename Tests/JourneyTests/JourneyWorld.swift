import Foundation
import Postgres
import TestSupport

/// What a journey needs: a database with the books, a customers' table, a CSV file, a pipeline file, and how to start our processes on them.
struct JourneyWorld {
    /// So many rows are in the file.
    let rows: Int
    let database: ScratchDatabase
    let bootstrapServers: String
    let topicPrefix: String
    let folder: URL

    static func with(rows: Int, on server: PostgresCluster? = nil, broker: TestBroker, _ body: (JourneyWorld) async throws -> Void) async throws {
        try await ScratchDatabase.with(on: server) { database in
            let folder = FileManager.default.temporaryDirectory.appending(path: "rollcall-journey-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder.appending(path: "pipelines"), withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let world = JourneyWorld(
                rows: rows, database: database, bootstrapServers: broker.bootstrapServers, topicPrefix: TestBroker.uniqueName("journey"), folder: folder)
            try world.prepare()
            try await body(world)
        }
    }

    private func prepare() throws {
        try database.session().runScript(
            """
            CREATE TABLE customers (
                id text PRIMARY KEY, name varchar(50) NOT NULL, city text, points integer, joined timestamptz,
                created_at timestamptz NOT NULL DEFAULT now(), synced_at timestamptz, db_updated_at timestamptz, deleted_at timestamptz)
            """)
        let pipeline = """
            pipeline: customers
            source: { kind: csv, path: "\(csv.path)", timeZone: Asia/Tokyo }
            streams:
              - stream: customers
                table: customers
                key: [id]
                columns:
                  - { from: id, to: id, type: text, required: true }
                  - { from: name, to: name, type: text }
                  - { from: city, to: city, type: text }
                  - { from: points, to: points, type: integer }
                  - { from: joined, to: joined, type: date }
                deletes: { mode: soft, column: deleted_at }

            """
        try pipeline.write(to: folder.appending(path: "pipelines/customers.yaml"), atomically: true, encoding: .utf8)
    }

    var csv: URL { folder.appending(path: "customers.csv") }
    var changesTopic: String { "\(topicPrefix).customers.changes" }

    /// Writes the whole file anew; each version differs from the others in every row.
    func writeSource(version: Int) throws {
        var text = "id,name,city,points,joined\n"
        for row in 0..<rows { text += expectedRow(row, version: version).joined(separator: ",") + "\n" }
        try text.write(to: csv, atomically: true, encoding: .utf8)
    }

    private func expectedRow(_ row: Int, version: Int) -> [String] {
        let city = row % 7 == 0 ? "" : "町\((row + version) % 31)"
        let day = 1 + (row + version) % 28
        return ["C\(row)", "客 \(row) 版 \(version)", city, "\(row * 10 + version)", "2026-02-\(day < 10 ? "0" : "")\(day)"]
    }

    /// How many rows of the table differ from that version of the file; a missing, extra or deleted row counts as one.
    func differences(fromVersion version: Int) throws -> Int {
        var found: [String: [String]] = [:]
        let rows = try database.session().query(
            """
            SELECT id, name, coalesce(city, ''), points::text, to_char(joined AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI')
            FROM customers WHERE deleted_at IS NULL
            """)
        for row in rows { found[try row.text(0)] = try (0..<5).map { try row.text($0) } }
        var differing = 0
        for number in 0..<self.rows {
            var expected = expectedRow(number, version: version)
            expected[4] += " 00:00"
            if found.removeValue(forKey: expected[0]) != expected { differing += 1 }
        }
        return differing + found.count
    }

    /// What every service of ours reads from its environment.
    func environment(_ more: [String: String] = [:]) -> [String: String] {
        [
            "DATABASE_URL": database.url, "KAFKA_BOOTSTRAP_SERVERS": bootstrapServers, "ROLLCALL_TOPIC_PREFIX": topicPrefix,
            "ROLLCALL_PIPELINES": folder.appending(path: "pipelines").path, "ROLLCALL_HEALTH_PORT": "0",
            "ROLLCALL_MIGRATIONS": Repository.root.appending(path: "migrations").path,
            "ROLLCALL_LEASE_TERM": "2s", "ROLLCALL_BOOKS_PATIENCE": "60s",
        ].merging(more) { $1 }
    }

    /// A loader that takes its time between batches, so that a kill finds it at work, and whose death the group notices soon.
    func startLoader(pausingMilliseconds pause: Int = 5) throws -> ChildProcess {
        try ChildProcess(
            "loader", ["run"],
            environment: environment([
                "ROLLCALL_LOADER_PAUSE_BEFORE_COMMIT": "\(pause)ms", "ROLLCALL_LOADER_SESSION_TIMEOUT": "2s",
            ]))
    }

    func startSync(_ arguments: [String] = []) throws -> ChildProcess {
        try ChildProcess("extractor", ["sync", "customers", "--no-progress"] + arguments, environment: environment())
    }

    /// One number that SQL gives.
    func number(_ sql: String) throws -> Int { Int(try database.session().query(sql).only().integer(0)) }

    /// Changes that the books have counted, over all runs from `run` on.
    func counted(sinceRun run: Int = 0) throws -> Int {
        try number(
            """
            SELECT coalesce(sum(inserted + updated + unchanged_at_target + kept_local + superseded + deleted + failed), 0)::bigint
            FROM run_tallies WHERE run >= \(run)
            """)
    }

    func newestRun() throws -> Int { try number("SELECT coalesce(max(run), 0) FROM sync_runs") }
}
