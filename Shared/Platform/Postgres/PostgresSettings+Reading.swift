import CommandLines
import Settings

extension PostgresSettings: SettingsReadable {
    /// Where Postgres is, as its own tools read it, and how long a session may wait.
    public init(reading settings: SettingsReader) throws(SettingsError) {
        let address = try settings.optionalSecret(
            "DATABASE_URL", "where Postgres is: postgresql://USER:PASSWORD@HOST:PORT/DATABASE; sslmode and target_session_attrs pass through")
        // libpq reads these itself: https://www.postgresql.org/docs/15/libpq-envars.html
        let host = try settings.optional("PGHOST", as: String.self, "host of Postgres, if DATABASE_URL is not set; PGPORT, PGUSER and their kin then count")
        let service = try settings.optional("PGSERVICE", as: String.self, "name of a service in pg_service.conf, if DATABASE_URL is not set")
        try settings.check(
            address != nil || host != nil || service != nil,
            "none of DATABASE_URL, DATABASE_URL_FILE, PGHOST and PGSERVICE is set; expected one of them to say where Postgres is")
        let longest = Duration.seconds(86_400)
        self.init(
            address: address?.reveal(),
            connectTimeout: try settings.value(
                "ROLLCALL_POSTGRES_CONNECT_TIMEOUT", default: .seconds(10), in: .milliseconds(100) ... .seconds(300),
                "how long a new session to Postgres may take"),
            statementTimeout: try settings.value(
                "ROLLCALL_POSTGRES_STATEMENT_TIMEOUT", default: .seconds(30), in: .zero...longest,
                "how long one statement may take before Postgres cancels it; 0s: for ever"),
            lockTimeout: try settings.value(
                "ROLLCALL_POSTGRES_LOCK_TIMEOUT", default: .seconds(5), in: .zero...longest,
                "how long a statement may wait for a lock; 0s: for ever"),
            idleInTransactionTimeout: try settings.value(
                "ROLLCALL_POSTGRES_IDLE_TIMEOUT", default: .seconds(15), in: .milliseconds(100)...longest,
                "how long a session may hold a transaction open and say nothing before Postgres ends it"),
            answerTimeout: try settings.value(
                "ROLLCALL_POSTGRES_ANSWER_TIMEOUT", default: .seconds(45), in: .milliseconds(100)...longest,
                "how long the wire may be silent while an answer is due; longer than the statement time-out"))
        try settings.check(
            statementTimeout == .zero || answerTimeout > statementTimeout,
            "ROLLCALL_POSTGRES_ANSWER_TIMEOUT is \(answerTimeout.settingText); expected more than ROLLCALL_POSTGRES_STATEMENT_TIMEOUT, "
                + "which is \(statementTimeout.settingText): else slow statements look like a lost connection")
    }
}

/// What Postgres refuses by who we are, or cannot do for want of something, is the environment's fault; a statement it rejects is ours.
extension PostgresError: CustomExit {
    public var exitCode: ExitCode {
        switch kind {
        case .connectionLost, .poolExhausted: .environment
        case .badSettings, .badIdentifier: .usage
        case .refused: ["08", "28", "3D", "53", "57", "58"].contains(code.prefix(2)) || ["25006", "42501", "55P03"].contains(code) ? .environment : .failure
        case .nulCharacter, .unexpectedAnswer: .failure
        }
    }
}
