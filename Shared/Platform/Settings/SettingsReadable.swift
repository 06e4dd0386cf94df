/// A group of settings that reads itself: the one place where they are named, checked and explained.
///
///     struct LoaderSettings: SettingsReadable {
///         let batchesInFlight: Int
///
///         init(reading settings: SettingsReader) throws(SettingsError) {
///             batchesInFlight = try settings.value("ROLLCALL_BATCHES_IN_FLIGHT", default: 4, in: 1...16, "batches sent to Postgres before the first answer")
///         }
///     }
///     let settings = try SettingsReader.environment.read(LoaderSettings.self)
///
/// A group that holds another reads it with `try PostgresSettings(reading: settings)`.
public protocol SettingsReadable: Sendable {
    init(reading settings: SettingsReader) throws(SettingsError)
}
