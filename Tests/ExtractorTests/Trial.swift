import Foundation
import JSONText
import Kafka
import Mapping
import Pipelines
import Postgres
import Records
import TestSupport
import Testing
import Topics

@testable import Extractor

/// One test's pipeline over real parts: a CSV file, a database with the books and a table, topics of its own.
///
/// The pipeline `people` has the key `id` and the columns `name`, `note` and `born`.
struct Trial: Sendable {
    let database: ScratchDatabase
    let folder: URL
    let office: Office
    let pipeline: PipelineDefinition
    let broker: TestBroker
    /// For the executable as a process of its own.
    let environment: [String: String]

    static func with<Value>(
        deletes: Deletes = .soft(column: "deleted_at"), guards: Guards = .standard, settings: [String: String] = [:],
        broker: TestBroker? = nil, on server: PostgresCluster? = nil, _ body: (Trial) async throws -> Value
    ) async throws -> Value {
        let broker = try broker ?? TestBroker.shared
        return try await ScratchDatabase.with(on: server) { database in
            let folder = FileManager.default.temporaryDirectory.appending(path: "rollcall-trial-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let result: Result<Value, any Error>
            do {
                let trial = try Trial(database, broker, folder, deletes, guards, settings)
                try trial.write([])
                result = .success(try await body(trial))
            } catch { result = .failure(error) }
            try FileManager.default.removeItem(at: folder)
            return try result.get()
        }
    }

    private init(
        _ database: ScratchDatabase, _ broker: TestBroker, _ folder: URL, _ deletes: Deletes, _ guards: Guards, _ settings: [String: String]
    ) throws {
        (self.database, self.broker, self.folder) = (database, broker, folder)
        try database.session().runScript(
            """
            CREATE TABLE people (id text PRIMARY KEY, name text, note varchar(20), born date, synced_at timestamptz, db_updated_at timestamptz,
                deleted_at timestamptz)
            """)
        var environment = [
            "DATABASE_URL": database.url, "ROLLCALL_TOPIC_PREFIX": TestBroker.uniqueName("x"), "ROLLCALL_TOPIC_PARTITIONS": "2",
            "ROLLCALL_BOOKS_PATIENCE": "20s", "ROLLCALL_LOG_LEVEL": "error", "ROLLCALL_PIPELINES": folder.path,
            "ROLLCALL_MIGRATIONS": Repository.root.appending(path: "migrations").path,
        ].merging(broker.environment) { $1 }
        environment.merge(settings) { $1 }
        self.environment = environment
        office = try Office(environment: environment)
        let place = FilePlace(file: "people.yaml", line: 1, column: 1)
        func column(_ name: String, _ type: FieldType, isRequired: Bool = false) -> ColumnMapping {
            ColumnMapping(from: .header([name], occurrence: nil), to: name, type: type, isRequired: isRequired, place: place)
        }
        let stream = StreamDefinition(
            name: "people", table: "people", key: ["id"],
            columns: [column("id", .text, isRequired: true), column("name", .text), column("note", .text), column("born", .date)], deletes: deletes,
            guards: guards, place: place)
        pipeline = PipelineDefinition(
            name: "people", file: "people.yaml", source: .csv(CSVDefinition(path: folder.appending(path: "people.csv").path, timeZone: "Asia/Tokyo")),
            streams: [stream])
    }

    /// A row of the source.
    struct Person: Sendable, Equatable {
        var id: String
        var name = ""
        var note = ""
        var born = ""
    }

    /// Replaces the source, as an editor would that writes beside and renames.
    func write(_ people: [Person], header: String = "id,name,note,born") throws {
        let lines = people.map { [$0.id, $0.name, $0.note, $0.born].map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: ",") }
        try write(text: ([header] + lines).joined(separator: "\n") + "\n")
    }

    func write(text: String) throws { try Data(text.utf8).write(to: folder.appending(path: "people.csv"), options: .atomic) }

    /// A run whose changes nobody settles: it closes as soon as its patience is over.
    func run(_ scope: RunScope = .full) async throws -> SyncRun.Result {
        try await office.run(pipeline, scope, RunWatch(log: office.log, bar: nil))
    }

    /// A run whose changes are settled while it waits.
    func settledRun(_ scope: RunScope = .full, refusing refused: Set<String> = []) async throws -> SyncRun.Result {
        let clerk = try Clerk(trial: self, refused: refused)
        async let settling: Void = clerk.settleNextRun()
        let result = try await run(scope)
        try await settling
        return result
    }

    func dryRun(_ scope: RunScope = .full) async throws -> DryRun.Forecast {
        let dry = DryRun(office: office, pipeline: pipeline, scope: scope, watch: RunWatch(log: office.log, bar: nil))
        guard let forecast = try await dry.forecasts().first else { throw NeverHeld(what: "a forecast for the stream") }
        return forecast
    }

    var topics: TopicNames { TopicNames(prefix: office.settings.topicPrefix, pipeline: pipeline.name) }

    /// Everything that was ever produced to `changes`, in the order of each partition.
    func changes() async throws -> [ChangeRecord] { try await records(topics.changes) }
    func failures() async throws -> [FailureRecord] { try await records(topics.failures) }
    func alerts() async throws -> [AlertRecord] { try await records(topics.alerts) }

    private func records<Record: TopicRecord>(_ topic: String) async throws -> [Record] {
        guard let count = try await KafkaAdmin(office.settings.kafka).partitionCount(of: topic) else { return [] }
        let starts = Dictionary(uniqueKeysWithValues: (0..<count).map { (KafkaPartition(topic: topic, partition: $0), KafkaStart.beginning) })
        let lines = try await KafkaReader(office.settings.kafka).lines(starts)
        return try lines.map { try Record(parsing: $0) }
    }

    /// The first columns of a SELECT's rows as texts.
    func rows(_ sql: String, _ parameters: [PostgresValue?] = [], columns: Int = 1) throws -> [[String?]] {
        let session = try database.session()
        return try session.query(sql, parameters).map { row in (0..<columns).map { row.optionalText($0) } }
    }

    /// The first column of a SELECT's rows.
    func texts(_ sql: String, _ parameters: [PostgresValue?] = []) throws -> [String] { try rows(sql, parameters).compactMap { $0[0] } }

    func status(_ run: Int64) throws -> String? { try texts("SELECT status FROM sync_runs WHERE run = $1", [.integer(run)]).first }
}

extension KafkaReader {
    /// Every value there is.
    fileprivate func lines(_ starts: [KafkaPartition: KafkaStart]) throws -> [[UInt8]] {
        var lines: [[UInt8]] = []
        try read(starts) { message in
            if let value = message.value { lines.append(Array(value)) }
            return true
        }
        return lines
    }
}
