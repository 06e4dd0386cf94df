import Foundation
import Kafka
import Postgres
import Records
import TestSupport
import Topics

/// What the vendors' journeys need: their warehouse, the pipeline file as shipped, their table by its migrations, a loader at work.
struct VendorsWorld: Sendable {
    let google: BigQueryStandIn
    let database: ScratchDatabase
    let broker: TestBroker
    let folder: URL
    let topicPrefix = TestBroker.uniqueName("vendors")

    static func with(_ warehouse: VendorsWarehouse, _ body: (VendorsWorld) async throws -> Void) async throws {
        let broker = try TestBroker.shared
        try await withBigQueryStandIn(warehouse.tables()) { google in
            try await ScratchDatabase.with { database in
                let folder = FileManager.default.temporaryDirectory.appending(path: "rollcall-vendors-\(UUID().uuidString)")
                let pipelines = folder.appending(path: "pipelines")
                try FileManager.default.createDirectory(at: pipelines, withIntermediateDirectories: true)
                defer { try? FileManager.default.removeItem(at: folder) }
                let shipped = Repository.root.appending(path: "ops/pipelines/vendors.yaml")
                try FileManager.default.copyItem(at: shipped, to: pipelines.appending(path: "vendors.yaml"))
                for name in ["010_vendors", "011_vendor_details"] {
                    let sql = try String(contentsOf: Repository.root.appending(path: "migrations/vendors/\(name).up.sql"), encoding: .utf8)
                    try database.session().runScript(sql)
                }
                let world = VendorsWorld(google: google, database: database, broker: broker, folder: folder)
                let loader = try world.start("loader", ["run", "--pipeline", "vendors"])
                try await body(world)
                loader.signal(SIGTERM)
                try await loader.wait(within: .seconds(30))
            }
        }
    }

    func start(_ product: String, _ arguments: [String]) throws -> ChildProcess {
        try ChildProcess(
            product, arguments,
            environment: [
                "DATABASE_URL": database.url, "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrapServers, "ROLLCALL_TOPIC_PREFIX": topicPrefix,
                "ROLLCALL_PIPELINES": folder.appending(path: "pipelines").path, "ROLLCALL_HEALTH_PORT": "0", "ROLLCALL_BOOKS_PATIENCE": "60s",
                "ROLLCALL_MIGRATIONS": Repository.root.appending(path: "migrations").path, "VENDORS_BIGQUERY_PROJECT": google.project,
                "ROLLCALL_BIGQUERY_ENDPOINT": google.url, "GOOGLE_APPLICATION_CREDENTIALS": google.credentialsFile,
            ])
    }

    /// One run; its exit code, and what it said as JSON.
    func sync() async throws -> (code: Int32, report: [String: Any], run: [String: Any]) {
        try await told("extractor", ["sync", "vendors", "--no-progress", "--json"])
    }

    func told(_ product: String, _ arguments: [String]) async throws -> (code: Int32, report: [String: Any], run: [String: Any]) {
        let process = try start(product, arguments)
        let ending = try await process.wait(within: .seconds(120))
        guard case .exited(let code) = ending else { throw ChildProcessError(description: "\(product) ended with \(ending): \(process.errors)") }
        let report = try JSONSerialization.jsonObject(with: Data(process.output.utf8)) as? [String: Any] ?? [:]
        return (code, report, report["result"] as? [String: Any] ?? [:])
    }

    /// The vendors that are there, by handle, in the order of the warehouse's fields.
    func table() throws -> [String: [String?]] {
        let fields = VendorsWarehouse.fields.map { "\($0)::text" }.joined(separator: ", ")
        var rows: [String: [String?]] = [:]
        for row in try database.session().query("SELECT handle, \(fields) FROM vendors WHERE deleted_at IS NULL") {
            rows[try row.text(0)] = VendorsWarehouse.fields.indices.map { row.optionalText($0 + 1) }
        }
        return rows
    }

    func number(_ sql: String) throws -> Int { Int(try database.session().query(sql).only().integer(0)) }

    /// Alerts about parts, oldest first.
    func partAlerts() async throws -> [AlertRecord] {
        let topic = TopicNames(prefix: topicPrefix, pipeline: "vendors").alerts
        let alerts = try await KafkaReader(broker.settings).records(of: topic).map { try AlertRecord(parsing: $0.value ?? []) }
        return alerts.filter { $0.kind == "part_unread" }
    }
}
