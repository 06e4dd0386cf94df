import Foundation
import Kafka
import Postgres
import Records
import TestSupport
import Testing
import Topics

/// What the journey of failures needs: a table that refuses rows for five reasons, a file with such rows in it, and our processes on them.
struct RetryWorld: Sendable {
    /// Why a row of the file cannot land.
    enum Poison: Int, CaseIterable, Sendable {
        /// 22001, which a wider column cures.
        case tooLong
        /// 22003: a number larger than its column.
        case tooLarge
        /// 23514.
        case check
        /// 23505: another row has its code.
        case repeated
        /// P0001: a trigger of the users'.
        case trigger

        var code: String { ["22001", "22003", "23514", "23505", "P0001"][rawValue] }
        /// In the queue; the others are tried by each run.
        var isQueued: Bool { self == .tooLong || self == .tooLarge || self == .trigger }
    }

    let rows: Int
    let database: ScratchDatabase
    let broker: TestBroker
    let topicPrefix = TestBroker.uniqueName("retries")
    let folder: URL
    /// By the row's number.
    let poison: [Int: Poison]

    static func with(
        rows: Int, poison: [Int: Poison], on server: PostgresCluster, broker: TestBroker, _ body: (RetryWorld) async throws -> Void
    ) async throws {
        try await ScratchDatabase.with(on: server) { database in
            let folder = FileManager.default.temporaryDirectory.appending(path: "rollcall-retries-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder.appending(path: "pipelines"), withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let world = RetryWorld(rows: rows, database: database, broker: broker, folder: folder, poison: poison)
            try world.prepare()
            try await body(world)
        }
    }

    private func prepare() throws {
        try database.session().runScript(
            """
            CREATE TABLE customers (
                id text PRIMARY KEY, name varchar(50) NOT NULL, points integer CONSTRAINT points_are_positive CHECK (points >= 0),
                code text CONSTRAINT one_code UNIQUE, synced_at timestamptz, deleted_at timestamptz);
            INSERT INTO customers VALUES ('not of the file', 'n', 1, 'taken');
            CREATE FUNCTION choke() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF new.name LIKE 'choke%' THEN RAISE EXCEPTION 'no'; END IF; RETURN new; END $$;
            CREATE TRIGGER choke BEFORE INSERT OR UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION choke()
            """)
        try """
        pipeline: customers
        source: { kind: csv, path: "\(folder.appending(path: "customers.csv").path)", timeZone: Asia/Tokyo }
        retry: { after: [1s, 2s, 3s] }
        streams:
          - stream: customers
            table: customers
            key: [id]
            columns:
              - { from: id, to: id, type: text, required: true }
              - { from: name, to: name, type: text }
              - { from: points, to: points, type: integer }
              - { from: code, to: code, type: text }
            deletes: { mode: soft, column: deleted_at }

        """.write(to: folder.appending(path: "pipelines/customers.yaml"), atomically: true, encoding: .utf8)
    }

    /// A row of the file; rows in `mended` have nothing wrong with them.
    func row(_ number: Int, version: Int, mended: Set<Int>) -> [String] {
        var (name, points, code) = ("客 \(number) 版 \(version)", "\(number)", "code \(number)")
        if !mended.contains(number) {
            switch poison[number] {
            case .tooLong: name = "客 \(number) " + String(repeating: "長", count: 60)
            case .tooLarge: points = "3000000000"
            case .check: points = "-1"
            case .repeated: code = "taken"
            case .trigger: name = "choke \(number)"
            case nil: break
            }
        }
        return ["C\(number)", name, points, code]
    }

    func write(version: Int, mended: Set<Int> = []) throws {
        let lines = (0..<rows).map { row($0, version: version, mended: mended).joined(separator: ",") }
        try (["id,name,points,code"] + lines).joined(separator: "\n").appending("\n")
            .write(to: folder.appending(path: "customers.csv"), atomically: true, encoding: .utf8)
    }

    /// The rows of the table that are there, by key.
    func table() throws -> [String: [String]] {
        var found: [String: [String]] = [:]
        for row in try database.session().query("SELECT id, name, points::text, code FROM customers WHERE deleted_at IS NULL AND id LIKE 'C%'") {
            found[try row.text(0)] = try (0..<4).map { try row.text($0) }
        }
        return found
    }

    func start(_ product: String, _ arguments: [String], _ more: [String: String] = [:]) throws -> ChildProcess {
        let environment = [
            "DATABASE_URL": database.url, "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrapServers, "ROLLCALL_TOPIC_PREFIX": topicPrefix,
            "ROLLCALL_PIPELINES": folder.appending(path: "pipelines").path, "ROLLCALL_HEALTH_PORT": "0", "ROLLCALL_LEASE_TERM": "2s",
            "ROLLCALL_MIGRATIONS": Repository.root.appending(path: "migrations").path, "ROLLCALL_BOOKS_PATIENCE": "60s",
            "ROLLCALL_LOADER_SESSION_TIMEOUT": "2s", "ROLLCALL_RETRIER_LEASE": "3s", "ROLLCALL_RETRIER_PAUSE": "100ms",
        ]
        return try ChildProcess(product, arguments, environment: environment.merging(more) { $1 })
    }

    /// Runs the extractor until one run has come to its end, with the rows it must leave waiting.
    func sync(_ more: [String: String] = [:]) async throws {
        for _ in 0..<8 {
            let process = try start("extractor", ["sync", "customers", "--no-progress"], more)
            let ending = try await process.wait(within: .seconds(120))
            if ending == .exited(0) || ending == .exited(4) { return }
            print("Journey of failures: a run ended with \(ending): \(process.errors.prefix(900))")
            // Until the database is back, each run would end at once.
            try await eventually("the database answers", within: .seconds(60)) { (try? number("SELECT 1")) == 1 }
        }
        Issue.record("no run came to its end")
    }

    func number(_ sql: String) throws -> Int { Int(try database.session().query(sql).only().integer(0)) }

    /// The fingerprints of a kind as they were told: one that a crash made tell again stands twice.
    func alerts(_ kind: String) async throws -> [String] {
        let topic = TopicNames(prefix: topicPrefix, pipeline: "customers").alerts
        let alerts = try await KafkaReader(broker.settings).records(of: topic).map { try AlertRecord(parsing: $0.value ?? []) }
        return alerts.filter { $0.kind == kind }.map(\.fingerprint)
    }
}
