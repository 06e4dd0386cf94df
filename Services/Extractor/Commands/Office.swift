import CommandLines
import Foundation
import Kafka
import Pipelines
import Postgres
import Reporting
import Settings
import Sources
import Telemetry

/// What every command of the extractor starts from: settings, pipelines, a log; nothing is reached before it is needed.
struct Office: Sendable {
    let settings: ExtractorSettings
    let directory: PipelineDirectory
    let log: Logger
    /// Host, process and start: no two runs have the same.
    let holder: String

    init(environment: [String: String]) throws {
        let reader = SettingsReader(values: environment)
        settings = try reader.read(ExtractorSettings.self)
        directory = PipelineDirectory(path: settings.pipelinesPath, environment: environment)
        log = Logger(service: "extractor", level: settings.telemetry.logLevel)
        for warning in reader.warnings { log.warning("Setting looks wrong", metadata: [LogKeys.reason: warning]) }
        holder = "\(ProcessInfo.processInfo.hostName):\(ProcessInfo.processInfo.processIdentifier):\(UUID().uuidString.prefix(8).lowercased())"
    }

    /// - Throws: `PipelineError`; `CommandFailure` when there is no pipeline of that name.
    func pipeline(_ name: String) throws -> PipelineDefinition {
        guard let definition = try directory.load(only: [name]).first else {
            throw CommandFailure(.usage, "there is no pipeline \(name) in \(settings.pipelinesPath)")
        }
        return definition
    }

    func ledger(_ pipeline: PipelineDefinition, _ database: PostgresConnection) -> RunLedger {
        RunLedger(
            pipeline: pipeline.name, streams: pipeline.streams.map(\.name), holder: holder, leaseTerm: settings.leaseTerm, database: database)
    }

    /// One run, with a connection and a producer of its own.
    func run(_ pipeline: PipelineDefinition, _ scope: RunScope, _ watch: RunWatch) async throws -> SyncRun.Result {
        let database = PostgresConnection(settings.database)
        var kafka = settings.kafka
        // A queued record costs librdkafka about a kilobyte besides its bytes, which its own limit in bytes does not count (invariant 11).
        // Lingering longer makes fuller requests and lets the broker's thread sleep instead of poll; the flush at the end cuts it short.
        kafka.properties.merge(["queue.buffering.max.messages": "5000", "linger.ms": "20"]) { given, _ in given }
        let producer = try KafkaProducer(kafka, queueBytesMax: 8 << 20, patience: settings.deliveryTimeout) { notice in
            log.warning("Kafka reports", metadata: [LogKeys.errorCode: notice.name, LogKeys.reason: notice.message])
        }
        let run = SyncRun(
            pipeline: pipeline, scope: scope, settings: settings, source: try makeSource(pipeline.source, access: settings.sources), database: database,
            ledger: ledger(pipeline, database), producer: producer, watch: watch)
        defer { watch.bar?.finish() }
        return try await run.run()
    }
}
