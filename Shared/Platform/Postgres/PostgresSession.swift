import CPostgres

/// One connection to Postgres, for one thread at a time: nothing here locks, and every call waits for its answer.
///
/// `PostgresConnection` gives it a thread of its own; short commands and tests may use it directly. libpq is driven without blocking, so
/// that both socket buffers drain while we wait and no wait outlasts `PostgresSettings.answerTimeout`.
public final class PostgresSession {
    let connection: OpaquePointer
    let settings: PostgresSettings
    /// Statements and Syncs sent in pipeline mode whose answers have not been read.
    var answersDue = 0
    /// Reused by COPY, so that a million rows need no million allocations.
    var copyBuffer: [UInt8] = []

    private init(adopting connection: OpaquePointer, _ settings: PostgresSettings) {
        (self.connection, self.settings) = (connection, settings)
    }

    deinit { PQfinish(connection) }

    /// Connects and sets the session's time-outs, search path and formats.
    ///
    /// Name resolution blocks for as long as the system's resolver does; everything else keeps `connectTimeout`.
    /// - Parameter isCancelled: asked every tenth of a second while the server is silent.
    /// - Throws: `connectionLost` when no session came about (with an SQLSTATE if the server gave one), `badSettings`, `CancellationError`.
    public static func connect(_ settings: PostgresSettings, isCancelled: () -> Bool = { false }) throws -> PostgresSession {
        let session = PostgresSession(adopting: try ConnectionStart.open(settings, isCancelled: isCancelled), settings)
        try session.configure()
        return session
    }

    /// False once the connection is known to be gone; true promises nothing.
    public var isOpen: Bool { PQstatus(connection) == CONNECTION_OK }

    /// Whether a transaction is open, sound or failed.
    public var isInTransaction: Bool { PQtransactionStatus(connection) != PQTRANS_IDLE }

    /// The number of the server's process for this session, as in `pg_stat_activity`.
    public var serverProcess: Int32 { PQbackendPID(connection) }

    /// Sends one statement with its parameters and returns its answer.
    /// - Throws: `refused` with the SQLSTATE, `nulCharacter` before anything is sent, `connectionLost`.
    @discardableResult public func query(_ sql: String, _ parameters: [PostgresValue?] = []) throws(PostgresError) -> PostgresRows {
        let texts = try CStrings(parameters.map { $0?.spelled })
        let sent = texts.withPointers { PQsendQueryParams(connection, sql, texts.count, nil, $0.baseAddress, nil, nil, 0) }
        guard sent == 1 else { throw sendFailure("a statement") }
        return try onlyAnswer()
    }

    /// Runs a text of any number of statements, in one transaction unless the text says otherwise; for migrations.
    /// - Throws: `refused` by the first statement that fails.
    public func runScript(_ sql: String) throws(PostgresError) {
        guard !sql.utf8.contains(0) else { throw PostgresError(kind: .nulCharacter, problem: "The SQL script holds U+0000; remove it") }
        guard PQsendQuery(connection, sql) == 1 else { throw sendFailure("a script") }
        try onlyAnswer()
    }

    /// Plans a statement under a name for the life of this session.
    public func prepare(_ name: String, _ sql: String) throws(PostgresError) {
        guard PQsendPrepare(connection, name, sql, 0, nil) == 1 else { throw sendFailure("a statement to prepare") }
        try onlyAnswer()
    }

    /// Runs a prepared statement.
    @discardableResult public func queryPrepared(_ name: String, _ parameters: [PostgresValue?] = []) throws(PostgresError) -> PostgresRows {
        let texts = try CStrings(parameters.map { $0?.spelled })
        let sent = texts.withPointers { PQsendQueryPrepared(connection, name, texts.count, $0.baseAddress, nil, nil, 0) }
        guard sent == 1 else { throw sendFailure("a prepared statement") }
        return try onlyAnswer()
    }

    /// Lets another thread end the statement that runs here.
    public func cancelHandle() throws(PostgresError) -> CancelHandle {
        guard let handle = PQgetCancel(connection) else { throw PostgresError(lossOf: connection, while: "asking for its cancel key") }
        return CancelHandle(adopting: handle)
    }

    /// Reads until Postgres has nothing more to say about what was sent; the last answer counts, the first error is thrown.
    @discardableResult func onlyAnswer() throws(PostgresError) -> PostgresRows {
        var last: PostgresRows?
        var failure: PostgresError?
        while let result = try nextResult() {
            switch result.status {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: last = PostgresRows(result)
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                throw lost("A COPY was sent as a plain statement; use copyIn or copyOut")
            default: failure = failure ?? PostgresError(reading: result, isLost: !isOpen)
            }
        }
        if let failure { throw failure }
        guard let last else { throw PostgresError(lossOf: connection, while: "waiting for an answer") }
        return last
    }

    private func configure() throws(PostgresError) {
        let milliseconds = { (limit: Duration) in PostgresValue.text("\(limit / .milliseconds(1))".prefix { $0 != "." } + "ms") }
        try query(
            """
            SELECT set_config('statement_timeout', $1, false), set_config('lock_timeout', $2, false),
                set_config('idle_in_transaction_session_timeout', $3, false), set_config('search_path', $4, false),
                set_config('TimeZone', 'UTC', false), set_config('DateStyle', 'ISO, YMD', false), set_config('bytea_output', 'hex', false)
            """,
            [
                milliseconds(settings.statementTimeout), milliseconds(settings.lockTimeout), milliseconds(settings.idleInTransactionTimeout),
                .text(settings.searchPath),
            ])
    }
}
