import CPostgres

/// What came back for one thing sent in pipeline mode, in the order of sending.
public enum PipelineAnswer {
    /// A statement ran.
    case done(PostgresRows)
    /// A statement failed; those after it, up to the next Sync, answer `skipped`.
    case failed(PostgresError)
    /// A statement was not run, since one before it in the same pipeline failed.
    case skipped
    /// The Sync: everything before it has ended, and a failure before it is forgiven.
    case synced
}

/// Pipeline mode: many statements on their way before the first answer is read.
/// https://www.postgresql.org/docs/15/libpq-pipeline-mode.html
extension PostgresSession {
    /// From here on statements are sent with `sendPrepared` and answered by `nextAnswer`.
    public func enterPipelineMode() throws(PostgresError) {
        guard PQenterPipelineMode(connection) == 1 else { throw sendFailure("the change to pipeline mode") }
    }

    /// Back to one statement at a time; every answer must have been read.
    public func exitPipelineMode() throws(PostgresError) {
        guard PQexitPipelineMode(connection) == 1 else { throw sendFailure("the end of pipeline mode while \(answersDue) answers are due") }
    }

    public var isInPipelineMode: Bool { PQpipelineStatus(connection) != PQ_PIPELINE_OFF }

    /// Queues a prepared statement without copying its parameters into Swift: each points to a text that ends at its first NUL, nil is SQL NULL.
    ///
    /// The pointers are read before this returns. Whoever scans the values refuses those that hold U+0000; here they are cut unseen.
    public func sendPrepared(_ name: String, _ parameters: UnsafeBufferPointer<UnsafePointer<CChar>?>) throws(PostgresError) {
        guard PQsendQueryPrepared(connection, name, Int32(parameters.count), parameters.baseAddress, nil, nil, 0) == 1 else {
            throw sendFailure("a prepared statement")
        }
        answersDue += 1
    }

    /// Queues a prepared statement with a few parameters.
    public func sendPrepared(_ name: String, _ parameters: [PostgresValue?] = []) throws(PostgresError) {
        let texts = try CStrings(parameters.map { $0?.spelled })
        let sent = texts.withPointers { PQsendQueryPrepared(connection, name, texts.count, $0.baseAddress, nil, nil, 0) }
        guard sent == 1 else { throw sendFailure("a prepared statement") }
        answersDue += 1
    }

    /// Queues an order to prepare a statement, so that a new batch size needs no stop of the pipeline.
    public func sendPrepare(_ name: String, _ sql: String) throws(PostgresError) {
        guard PQsendPrepare(connection, name, sql, 0, nil) == 1 else { throw sendFailure("a statement to prepare") }
        answersDue += 1
    }

    /// Ends a batch: after a failure the server starts anew behind this mark. Sends everything queued, as far as the socket takes it.
    public func sendSync() throws(PostgresError) {
        guard PQpipelineSync(connection) == 1 else { throw sendFailure("a Sync") }
        answersDue += 1
        try flushOutgoing()
    }

    /// Asks the server to answer what it has before the next Sync, so that one transaction can stay open while its answers are read.
    public func sendFlushRequest() throws(PostgresError) {
        guard PQsendFlushRequest(connection) == 1 else { throw sendFailure("a flush request") }
        try flushOutgoing()
    }

    /// Whether anything sent has not been answered yet; Syncs count.
    public var hasAnswersDue: Bool { answersDue > 0 }

    /// Waits for the answer to the oldest thing sent that was not answered yet; nil when everything was.
    /// - Throws: `connectionLost` only; what the server refused comes as `failed`.
    public func nextAnswer() throws(PostgresError) -> PipelineAnswer? {
        while answersDue > 0 {
            guard let result = try nextResult() else {
                if !isOpen { throw PostgresError(lossOf: connection, while: "waiting for a pipeline's answer") }
                continue  // The end of one statement's results.
            }
            switch result.status {
            case PGRES_PIPELINE_SYNC:
                answersDue -= 1
                return .synced
            case PGRES_PIPELINE_ABORTED:
                answersDue -= 1
                return .skipped
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
                answersDue -= 1
                return .done(PostgresRows(result))
            default:
                answersDue -= 1
                let error = PostgresError(reading: result, isLost: !isOpen)
                if error.isConnectionLoss { throw error }
                return .failed(error)
            }
        }
        return nil
    }

    /// Whether `nextAnswer` would return without waiting for the network.
    public func hasAnswerReady() throws(PostgresError) -> Bool {
        try takeIn()
        return answersDue > 0 && PQisBusy(connection) == 0
    }
}
