import Foundation
import Kafka
import Postgres
import Reporting
import Settings
import Sources
import Telemetry

/// What the extractor must know to start; the settings reference is printed from these lines.
struct ExtractorSettings: SettingsReadable {
    let pipelinesPath: String
    let migrationsPath: String
    let database: PostgresSettings
    let kafka: KafkaSettings
    let telemetry: TelemetrySettings
    let topicPrefix: String
    let partitions: Int32
    let leaseTerm: Duration
    let patience: Duration
    let deliveryTimeout: Duration
    let sources: SourceAccess

    init(reading settings: SettingsReader) throws(SettingsError) {
        pipelinesPath = try settings.value("ROLLCALL_PIPELINES", default: "ops/pipelines", "folder of the pipeline files")
        migrationsPath = try settings.value("ROLLCALL_MIGRATIONS", default: "migrations", "folder of the migrations, for the cures that are named")
        var database = try PostgresSettings(reading: settings)
        database.applicationName = "rollcall-extractor"
        self.database = database
        kafka = try KafkaSettings(reading: settings)
        telemetry = try TelemetrySettings(reading: settings)
        topicPrefix = try settings.value("ROLLCALL_TOPIC_PREFIX", default: "rollcall", "first part of every topic's name")
        partitions = Int32(
            try settings.value("ROLLCALL_TOPIC_PARTITIONS", default: 4, in: 1...1000, "partitions of topics that do not exist yet"))
        leaseTerm = try settings.value(
            "ROLLCALL_LEASE_TERM", default: .seconds(30), in: .seconds(1)...(.seconds(3600)), "how long a run that went silent keeps its pipeline")
        patience = try settings.value(
            "ROLLCALL_BOOKS_PATIENCE", default: .seconds(60), in: .milliseconds(100)...(.seconds(86_400)),
            "how long a run waits for the loader without progress before it closes unbalanced")
        deliveryTimeout = try settings.value(
            "ROLLCALL_DELIVERY_TIMEOUT", default: .seconds(120), in: .seconds(1)...(.seconds(3600)), "how long Kafka may take to acknowledge a record")
        let googleKey = try settings.optional(
            "GOOGLE_APPLICATION_CREDENTIALS", as: String.self, "key file of the service account that may read the spreadsheets and the warehouse")
        let userAgent = "rollcall/\(rollcallVersion)"
        sources = SourceAccess(
            sheets: GoogleSheetsAccess(
                endpoint: try settings.optional("ROLLCALL_SHEETS_ENDPOINT", as: String.self, "where the Google Sheets API answers; without it Google's own"),
                credentialsFile: googleKey, userAgent: userAgent),
            bigQuery: BigQueryAccess(
                endpoint: try settings.optional("ROLLCALL_BIGQUERY_ENDPOINT", as: String.self, "where the BigQuery API answers; without it Google's own"),
                credentialsFile: googleKey, userAgent: userAgent))
    }
}
