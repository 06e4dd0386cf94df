import Foundation
import Kafka
import Postgres
import Settings
import Telemetry

/// What the loader must know to start.
struct LoaderSettings: SettingsReadable {
    var database: PostgresSettings
    var kafka: KafkaSettings
    var telemetry: TelemetrySettings
    var pipelinesPath: String
    /// What `${NAME}` in a pipeline file stands for.
    var environment: [String: String]
    var topicPrefix: String
    /// Rows of one transaction.
    var batchRowsMax: Int
    /// Batches sent before the first one's answer is read.
    var batchesInFlightMax: Int
    /// How long a batch that is not full waits for more records.
    var linger: Duration
    /// A member of the group that is silent for so long loses its partitions.
    var groupSessionTimeout: Duration
    /// Of topics that this loader has to make.
    var topicPartitions: Int32
    /// For tests only: waits before every commit, so that a kill meets a batch under way.
    var pauseBeforeCommit: Duration

    init(reading settings: SettingsReader) throws(SettingsError) {
        database = try PostgresSettings(reading: settings)
        database.applicationName = FrozenLoaders.applicationName
        kafka = try KafkaSettings(reading: settings)
        telemetry = try TelemetrySettings(reading: settings)
        pipelinesPath = try settings.value("ROLLCALL_PIPELINES", default: "ops/pipelines", "the folder of the pipeline files")
        environment = ProcessInfo.processInfo.environment
        topicPrefix = try settings.value("ROLLCALL_TOPIC_PREFIX", default: "rollcall", "what the names of all topics begin with")
        topicPartitions = Int32(
            try settings.value("ROLLCALL_TOPIC_PARTITIONS", default: 4, in: 1...1000, "partitions of topics that do not exist yet"))
        batchRowsMax = try settings.value("ROLLCALL_LOADER_BATCH_ROWS", default: 100, in: 1...100, "rows applied in one transaction")
        batchesInFlightMax = try settings.value("ROLLCALL_LOADER_BATCHES_IN_FLIGHT", default: 4, in: 1...16, "batches sent to Postgres before the first answer")
        linger = try settings.value(
            "ROLLCALL_LOADER_LINGER", default: .milliseconds(5), in: .zero ... .seconds(10), "how long a batch that is not full waits for more records")
        groupSessionTimeout = try settings.value(
            "ROLLCALL_LOADER_SESSION_TIMEOUT", default: .seconds(10), in: .seconds(1) ... .seconds(300),
            "how long a loader may be silent before others take over its partitions")
        pauseBeforeCommit = try settings.value(
            "ROLLCALL_LOADER_PAUSE_BEFORE_COMMIT", default: .zero, in: .zero ... .seconds(60),
            "for tests only: waits so long before every commit; leave it at zero")
    }
}
