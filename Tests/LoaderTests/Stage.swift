import Books
import Foundation
import JSONText
import Kafka
import Pipelines
import Postgres
import Records
import Settings
import Synchronization
import Telemetry
import TestSupport
import Testing
import Topics

@testable import Loader

/// Everything here that runs on a broker and a database, one test at a time: beside seven others a broker answers too late.
@Suite(.serialized) enum OnRealParts {}

/// A loader's whole world for one test: a database with books and a table, topics of its own, and changes to send.
final class Stage: Sendable {
    let database: ScratchDatabase
    let broker: TestBroker
    let pipeline: PipelineDefinition
    let prefix: String
    private let producer = Mutex<KafkaProducer?>(nil)
    let names: TopicNames
    /// How many records each partition has: the offset that comes next, since each topic is new and nothing in it goes away.
    private let sent = Mutex<[Int32: Int64]>([:])

    /// The table of most tests: each kind of column once.
    static let table = """
        CREATE TABLE buyers (
            buyer_number text PRIMARY KEY, name text NOT NULL, status varchar(50), call_date date, seen_at timestamptz, budget integer, price numeric(8, 2),
            done boolean, note text, created_at timestamptz NOT NULL DEFAULT now(), synced_at timestamptz, db_updated_at timestamptz, deleted_at timestamptz,
            local_note text
        )
        """

    static let columns: [(String, FieldType)] = [
        ("buyer_number", .text), ("name", .text), ("status", .text), ("call_date", .date), ("seen_at", .timestamp), ("budget", .integer),
        ("price", .decimal), ("done", .boolean), ("note", .text),
    ]

    static func definition(deletes: Deletes = .soft(column: "deleted_at"), columns: [(String, FieldType)] = columns, key: [String] = ["buyer_number"])
        -> PipelineDefinition
    {
        let place = FilePlace(file: "buyers.yaml", line: 1, column: 1)
        let mappings = columns.map { ColumnMapping(from: .header([$0.0], occurrence: nil), to: $0.0, type: $0.1, place: place) }
        let stream = StreamDefinition(name: "buyers", table: "buyers", key: key, columns: mappings, deletes: deletes, place: place)
        return PipelineDefinition(
            name: "buyers", file: "buyers.yaml", source: .csv(CSVDefinition(path: "buyers.csv", timeZone: "Asia/Tokyo")), streams: [stream])
    }

    static func with<Value>(
        _ pipeline: PipelineDefinition = Stage.definition(), table: String = Stage.table, partitions: Int32 = 1, broker: TestBroker? = nil,
        on server: PostgresCluster? = nil, _ body: (Stage) async throws -> Value
    ) async throws -> Value {
        try await ScratchDatabase.with(on: server) { database in
            let stage = try Stage(database, try broker ?? TestBroker.shared, pipeline)
            try await stage.makeTopics(partitions)
            let session = try database.session()
            try session.runScript(table)
            return try await body(stage)
        }
    }

    private init(_ database: ScratchDatabase, _ broker: TestBroker, _ pipeline: PipelineDefinition) throws {
        (self.database, self.broker, self.pipeline) = (database, broker, pipeline)
        prefix = TestBroker.uniqueName("loader")
        names = TopicNames(prefix: prefix, pipeline: pipeline.name)
    }

    func makeTopics(_ partitions: Int32 = 1) async throws {
        let admin = try KafkaAdmin(broker.settings)
        try await admin.ensureTopics([names.changes], partitions: partitions)
        try await admin.ensureTopics([names.failures, names.outcomes, names.alerts], partitions: 1)
    }

    // MARK: Runs and changes

    /// A run begins: its number is the fence from here on.
    @discardableResult func begin(run: Int64) throws -> Int64 {
        let session = try database.session()
        _ = try session.transaction { try FenceLock.raise(pipeline: pipeline.name, streams: pipeline.streams.map(\.name), to: run, in: session) }
        return run
    }

    func change(
        _ key: String, _ fields: JSONObject = [:], run: Int64, ordinal: UInt32, _ operation: ChangeRecord.Operation = .upsert, isPartial: Bool = false,
        attempt: Int = 1, stream: String = "buyers"
    ) -> ChangeRecord {
        ChangeRecord(
            pipeline: pipeline.name, stream: stream, sequence: Sequence(run: run, ordinal: ordinal), operation: operation,
            key: ["buyer_number": .string(key)], fields: fields, isPartial: isPartial,
            origin: Origin(kind: "csv", row: Int(ordinal) + 1, cell: "line \(ordinal)"),
            attempt: attempt, extractedAt: "2026-11-21T00:00:00Z")
    }

    /// A whole row: what `fields` does not name is blank.
    func row(_ key: String, _ fields: JSONObject = [:], run: Int64, ordinal: UInt32, attempt: Int = 1) -> ChangeRecord {
        var whole: JSONObject = [:]
        for column in pipeline.streams[0].columns where !pipeline.streams[0].key.contains(column.to) { whole[column.to] = fields[column.to] ?? .null }
        if whole["name"] == .null { whole["name"] = .string("name of \(key)") }
        return change(key, whole, run: run, ordinal: ordinal, attempt: attempt)
    }

    func send(_ changes: [ChangeRecord], partition: Int32 = 0) async throws {
        try await send(lines: changes.map { ($0.recordKey.messageKey(stream: $0.stream), $0.line()) }, partition: partition)
    }

    private func usableProducer() throws -> KafkaProducer {
        try producer.withLock { producer in
            if let producer { return producer }
            let made = try KafkaProducer(broker.settings)
            producer = made
            return made
        }
    }

    /// Sends raw lines in order and waits until the broker has them.
    func send(lines: [(key: String, line: [UInt8]?)], partition: Int32 = 0) async throws {
        let producer = try usableProducer()
        let topic = try await producer.topic(names.changes)
        for (key, line) in lines {
            try Array(key.utf8).withUnsafeBytes { key in
                if let line {
                    try line.withUnsafeBytes { try producer.enqueue(topic: topic, partition: partition, key: key, value: $0, headers: KafkaHeaders()) }
                } else {
                    try producer.enqueue(topic: topic, partition: partition, key: key, value: nil, headers: KafkaHeaders())
                }
            }
        }
        try await producer.flush()
        sent.withLock { $0[partition, default: 0] += Int64(lines.count) }
    }

    /// Deletes the topic of changes and makes it again: another topic of the same name.
    func recreateTopic() async throws {
        let admin = try KafkaAdmin(broker.settings)
        try await admin.deleteTopics([names.changes])
        try await eventually("the old topic is gone") { try await admin.partitionCount(of: names.changes) == nil }
        try await admin.ensureTopics([names.changes], partitions: 1)
        producer.withLock { $0 = nil }  // One that knew the old topic would not see the new one at once.
        sent.withLock { $0 = [:] }
    }

    // MARK: The loader

    func settings(_ more: [String: String] = [:]) throws -> LoaderSettings {
        let values = [
            "DATABASE_URL": database.url, "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrapServers, "ROLLCALL_TOPIC_PREFIX": prefix,
            "ROLLCALL_LOADER_SESSION_TIMEOUT": "6s", "ROLLCALL_LOG_LEVEL": "warning",
        ]
        return try SettingsReader(values: values.merging(more) { $1 }).read(LoaderSettings.self)
    }

    func applier(_ more: [String: String] = [:]) throws -> ChangeApplier {
        try ChangeApplier(
            pipeline, try settings(more), readiness: Readiness(), metrics: LoaderMetrics(Metrics()), log: Logger(service: "loader", level: .warning))
    }

    /// Runs a loader while `body` runs.
    func loading<Value: Sendable>(_ more: [String: String] = [:], _ body: () async throws -> Value) async throws -> Value {
        let applier = try applier(more)
        let running = Task { try await applier.run() }
        do {
            let value = try await body()
            running.cancel()
            try await running.value
            return value
        } catch {
            running.cancel()
            _ = try? await running.value  // The test has failed already; this one's reason would hide its own.
            throw error
        }
    }

    /// Sends, loads, and returns when all of the topic is settled.
    func load(_ changes: [ChangeRecord], _ more: [String: String] = [:]) async throws {
        try await send(changes)
        try await loading(more) { try await settled() }
    }

    /// Waits until the books have passed every record that was sent.
    func settled(within limit: Duration = .seconds(60)) async throws {
        for (partition, end) in sent.withLock({ $0 }) {
            try await eventually("partition \(partition) is settled up to \(end)", within: limit) { try next(partition) >= end }
        }
    }

    func next(_ partition: Int32 = 0) throws -> Int64 {
        try number("SELECT coalesce((SELECT next_offset FROM sync_offsets WHERE topic = '\(names.changes)' AND partition = \(partition)), 0)")
    }

    // MARK: Looking

    func number(_ sql: String) throws -> Int64 { try database.session().query(sql).only().integer(0) }
    func text(_ sql: String) throws -> String? { try database.session().query(sql).first?.optionalText(0) }

    /// The rows of an answer as texts, NULL as `∅`.
    func rows(_ sql: String) throws -> [[String]] {
        let rows = try database.session().query(sql)
        let width = rows.isEmpty ? 0 : try number("SELECT count(*) FROM (SELECT json_object_keys(row_to_json(t)) FROM (\(sql) LIMIT 1) t) k")
        return rows.map { row in (0..<Int(width)).map { row.optionalText($0) ?? "∅" } }
    }

    /// What a run's changes came to, by word, as the books have it.
    func tallies(run: Int64) throws -> [String: Int64] {
        let words = ["inserted", "updated", "unchanged_at_target", "kept_local", "superseded", "deleted", "failed"]
        let row = try database.session().query(
            "SELECT \(words.map { "coalesce(sum(\($0)), 0)::bigint" }.joined(separator: ", ")) FROM run_tallies WHERE run = $1", [.integer(run)]
        ).only()
        var tallies: [String: Int64] = [:]
        for (index, word) in words.enumerated() where try row.integer(index) > 0 { tallies[word] = try row.integer(index) }
        return tallies
    }

    func records(of topic: String) async throws -> [KafkaRecord] { try await KafkaReader(broker.settings).records(of: topic) }

    func alerts() async throws -> [AlertRecord] {
        try await records(of: names.alerts).map { try AlertRecord(parsing: $0.value ?? []) }
    }

    func failures() async throws -> [FailureRecord] {
        try await records(of: names.failures).map { try FailureRecord(parsing: $0.value ?? []) }
    }
}
