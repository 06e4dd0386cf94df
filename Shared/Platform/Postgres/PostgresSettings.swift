/// Where Postgres is and how long a session may keep anyone waiting.
public struct PostgresSettings: Sendable {
    /// A connection URI or a `key=value` string; nil: libpq reads `PGHOST` and its kin.
    /// https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-CONNSTRING
    var address: String?
    /// Shown in `pg_stat_activity`, unless the address names another.
    public var applicationName: String
    /// Schemas in which unqualified names are sought.
    public var searchPath: String
    /// From the first packet to a usable session.
    public var connectTimeout: Duration
    /// `statement_timeout`: the server gives up a statement after this and says 57014. Zero: never.
    public var statementTimeout: Duration
    /// `lock_timeout`: how long a statement waits for a lock before 55P03. Zero: for ever.
    public var lockTimeout: Duration
    /// `idle_in_transaction_session_timeout`: a paused or stuck process must not keep row locks; its successor could never take over.
    public var idleInTransactionTimeout: Duration
    /// How long the wire may be silent, in either direction, while an answer is due; then the connection counts as lost.
    public var answerTimeout: Duration

    /// - Parameter address: a connection URI or `key=value` string; nil for `PGHOST` and its kin.
    public init(
        address: String?, applicationName: String = "rollcall", searchPath: String = "public", connectTimeout: Duration = .seconds(10),
        statementTimeout: Duration = .seconds(30), lockTimeout: Duration = .seconds(5), idleInTransactionTimeout: Duration = .seconds(15),
        answerTimeout: Duration = .seconds(45)
    ) {
        (self.address, self.applicationName, self.searchPath, self.connectTimeout) = (address, applicationName, searchPath, connectTimeout)
        (self.statementTimeout, self.lockTimeout) = (statementTimeout, lockTimeout)
        (self.idleInTransactionTimeout, self.answerTimeout) = (idleInTransactionTimeout, answerTimeout)
    }
}

/// The address may hold a password: neither `description` nor `dump` shows it.
extension PostgresSettings: CustomStringConvertible, CustomReflectable {
    public var description: String { "PostgresSettings(\(applicationName))" }
    public var customMirror: Mirror { Mirror(self, children: ["applicationName": applicationName]) }
}
