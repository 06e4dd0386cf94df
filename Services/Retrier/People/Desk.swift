import Books
import Foundation
import Postgres
import Settings

/// Where a command that people type starts: a session to a database that has the queue, and the name of who types.
struct Desk {
    let session: PostgresSession
    /// Stands in `operator_actions` beside what was done.
    let person: String

    /// - Throws: `SettingsError`, `PostgresError`, and what `init` throws.
    static func open() throws -> Desk {
        let settings = try SettingsReader.environment.read(DeskSettings.self)
        return try Desk(PostgresSession.connect(settings.database), person: settings.person)
    }

    /// - Throws: `MigrationError.noBooks` when the tables are missing or of an older Rollcall.
    init(_ session: PostgresSession, person: String) throws {
        try Migrator(session).requireBooks()
        (self.session, self.person) = (session, person)
    }
}

/// What a command that people type must know.
struct DeskSettings: SettingsReadable {
    let database: PostgresSettings
    let person: String

    init(reading settings: SettingsReader) throws(SettingsError) {
        var database = try PostgresSettings(reading: settings)
        database.applicationName = "rollcall retrier"
        self.database = database
        let named = try settings.optional(
            "ROLLCALL_OPERATOR", as: String.self, "who releases and drops, as operator_actions records it; else the user of sudo or of this machine")
        person = named ?? loginName(ProcessInfo.processInfo.environment, host: ProcessInfo.processInfo.hostName)
    }
}

/// Who types, as far as the machine knows: who called sudo, else the user and the host.
func loginName(_ environment: [String: String], host: String) -> String {
    func name(_ variable: String) -> String? {
        let name = environment[variable]?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        return name.isEmpty ? nil : name
    }
    // A container may have no name for its user; the number still tells whose process it was.
    return name("SUDO_USER") ?? "\(name("USER") ?? name("LOGNAME") ?? "uid-\(getuid())")@\(host)"
}
