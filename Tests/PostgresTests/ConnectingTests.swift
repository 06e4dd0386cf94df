import Postgres
import Settings
import TestSupport
import Testing

@Suite struct ConnectingTests {
    @Test func `a server that is not there is a lost connection, named with its address`() {
        let error = #expect(throws: PostgresError.self) { try PostgresSession.connect(PostgresSettings(address: "postgresql://u@127.0.0.1:1/x")) }
        #expect(error?.isConnectionLoss == true)
        #expect(error?.sqlState == nil)
        #expect(error?.description.contains("127.0.0.1") == true)
    }

    @Test func `a database that is not there is told by its code`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let error = #expect(throws: PostgresError.self) {
                try PostgresSession.connect(PostgresSettings(address: database.url.replacing(database.name, with: "nowhere")))
            }
            #expect(error?.sqlState == "3D000")
            #expect(error?.isConnectionLoss == true)
        }
    }

    /// Each has `sesame` where libpq's own complaint would quote it.
    @Test(arguments: [
        "postgresql://user:sesame/x@127.0.0.1:1/db", "postgresql://user:p@sesame@127.0.0.1:1/db", "postgresql://user:sesame@[::1/db",
        "postgresql://user@127.0.0.1:sesame/db", "postgresql://user:sesame\"x/y@h/db", "host=127.0.0.1 port=1 password='sesame", "host=h sesame",
        "postgresql://127.0.0.1:1/db?sslmode=sesame", "postgresql://sesame@x.invalid:y@127.0.0.1/db",
    ])
    func `no piece of a mistyped address is told, since it may be one of the password`(address: String) {
        let error = #expect(throws: PostgresError.self) { try PostgresSession.connect(PostgresSettings(address: address)) }
        #expect(error.map { "\($0) \($0.code)" }?.contains("sesame") == false)
    }

    @Test func `settings show no password, however they are printed`() {
        let settings = PostgresSettings(address: "postgresql://user:sesame@h/db")
        var printed = "\(settings) \(String(reflecting: settings)) "
        dump(settings, to: &printed)
        #expect(!printed.contains("sesame"))
    }

    @Test func `a server that takes the connection and says nothing is given up at the deadline`() throws {
        let listener = try SilentListener()
        let settings = PostgresSettings(address: "postgresql://u@127.0.0.1:\(listener.port)/x?sslmode=disable", connectTimeout: .milliseconds(300))
        let start = ContinuousClock.now
        let error = #expect(throws: PostgresError.self) { try PostgresSession.connect(settings) }
        #expect(error?.isConnectionLoss == true)
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    @Test func `a cancelled task does not wait for a silent server`() async throws {
        let listener = try SilentListener()
        let connection = PostgresConnection(
            PostgresSettings(address: "postgresql://u@127.0.0.1:\(listener.port)/x?sslmode=disable", connectTimeout: .seconds(60)))
        let task = Task { try await connection.perform { _ in } }
        try await eventually("the client is on the line") { listener.hasClient }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `a session has the time-outs, formats and name of its settings`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            var settings = database.settings(applicationName: "roll")
            (settings.statementTimeout, settings.lockTimeout, settings.idleInTransactionTimeout) = (.seconds(7), .milliseconds(250), .seconds(90))
            let row = try PostgresSession.connect(settings).query(
                """
                SELECT current_setting('statement_timeout'), current_setting('lock_timeout'), current_setting('idle_in_transaction_session_timeout'),
                    current_setting('application_name'), current_setting('TimeZone'), current_setting('client_encoding'), current_setting('search_path')
                """
            ).only()
            #expect(try (0..<7).map { try row.text($0) } == ["7s", "250ms", "90s", "roll", "UTC", "UTF8", "public"])
        }
    }

    @Test func `settings name what is missing and what does not go together`() throws {
        let nothing = #expect(throws: SettingsError.self) { try SettingsReader(values: [:]).read(PostgresSettings.self) }
        #expect(nothing?.description.contains("DATABASE_URL_FILE") == true)
        let swapped = ["DATABASE_URL": "postgresql://h/d", "ROLLCALL_POSTGRES_STATEMENT_TIMEOUT": "2m", "ROLLCALL_POSTGRES_ANSWER_TIMEOUT": "1m"]
        let silent = #expect(throws: SettingsError.self) { try SettingsReader(values: swapped).read(PostgresSettings.self) }
        #expect(silent?.description.contains("ROLLCALL_POSTGRES_ANSWER_TIMEOUT is 1m") == true)
        #expect(try SettingsReader(values: ["PGHOST": "h", "ROLLCALL_POSTGRES_LOCK_TIMEOUT": "1s"]).read(PostgresSettings.self).lockTimeout == .seconds(1))
    }
}
