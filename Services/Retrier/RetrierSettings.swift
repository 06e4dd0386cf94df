import Foundation
import Kafka
import Postgres
import Settings
import Telemetry

/// What the retrier must know to start.
struct RetrierSettings: SettingsReadable {
    var database: PostgresSettings
    var kafka: KafkaSettings
    var telemetry: TelemetrySettings
    var pipelinesPath: String
    /// What `${NAME}` in a pipeline file stands for.
    var environment: [String: String]
    var topicPrefix: String
    /// Of topics that this retrier has to make.
    var topicPartitions: Int32
    /// Changes sent again per second by all retriers together.
    var ratePerSecond: Int
    /// How long an entry belongs to the retrier that claimed it.
    var lease: Duration
    /// How long the queue rests when nothing is due.
    var pause: Duration

    init(reading settings: SettingsReader) throws(SettingsError) {
        database = try PostgresSettings(reading: settings)
        database.applicationName = "rollcall retrier"
        kafka = try KafkaSettings(reading: settings)
        telemetry = try TelemetrySettings(reading: settings)
        pipelinesPath = try settings.value("ROLLCALL_PIPELINES", default: "ops/pipelines", "the folder of the pipeline files")
        environment = ProcessInfo.processInfo.environment
        topicPrefix = try settings.value("ROLLCALL_TOPIC_PREFIX", default: "rollcall", "what the names of all topics begin with")
        topicPartitions = Int32(
            try settings.value("ROLLCALL_TOPIC_PARTITIONS", default: 4, in: 1...1000, "partitions of topics that do not exist yet"))
        ratePerSecond = try settings.value(
            "ROLLCALL_RETRIER_RATE", default: 100, in: 1...10_000, "changes sent again per second, by all retriers together")
        lease = try settings.value(
            "ROLLCALL_RETRIER_LEASE", default: .seconds(30), in: .seconds(1) ... .seconds(3600), "how long a claimed entry belongs to one retrier")
        pause = try settings.value(
            "ROLLCALL_RETRIER_PAUSE", default: .seconds(1), in: .milliseconds(10) ... .seconds(60), "how long the queue rests when nothing is due")
    }
}
