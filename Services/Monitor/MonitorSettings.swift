import Foundation
import Postgres
import Settings
import Telemetry

/// What `monitor run` must know to start.
struct MonitorSettings: SettingsReadable {
    let database: PostgresSettings
    let telemetry: TelemetrySettings
    let watchInterval: Duration

    init(reading settings: SettingsReader) throws(SettingsError) {
        database = try PostgresSettings(reading: settings)
        telemetry = try TelemetrySettings(reading: settings)
        watchInterval = try settings.value(
            "ROLLCALL_MONITOR_INTERVAL", default: .seconds(10), in: .milliseconds(100) ... .seconds(3600), "time between two looks at the database")
    }
}

/// What `monitor migrate` must know to start.
struct MigrationSettings: SettingsReadable {
    let database: PostgresSettings
    let directory: URL

    init(reading settings: SettingsReader) throws(SettingsError) {
        var database = try PostgresSettings(reading: settings)
        // A table of millions of rows may be rewritten without a word on the wire.
        database.statementTimeout = .zero
        database.answerTimeout = .seconds(6 * 3600)
        self.database = database
        directory = URL(filePath: try settings.value("ROLLCALL_MIGRATIONS", default: "migrations", "the folder of the migrations"))
    }
}
