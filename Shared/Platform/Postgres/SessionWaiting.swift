import CPostgres
import Glibc

/// How a session waits: never for one direction only. A server whose answers are not read stops reading our statements, so big batches
/// both ways would stop for ever: https://www.postgresql.org/docs/15/libpq-pipeline-mode.html#LIBPQ-PIPELINE-SENDING
extension PostgresSession {
    /// Sends all that libpq holds back, taking in whatever arrives meanwhile.
    public func flushOutgoing() throws(PostgresError) {
        while true {
            switch PQflush(connection) {
            case 0: return
            case 1: if try wait(for: POLLIN | POLLOUT) & (POLLIN | POLLHUP | POLLERR) != 0 { try takeIn() }
            default: throw PostgresError(lossOf: connection, while: "sending")
            }
        }
    }

    /// The next result, or nil where libpq marks the end of a statement's results.
    func nextResult() throws(PostgresError) -> ResultHandle? {
        try flushOutgoing()
        while PQisBusy(connection) == 1 {
            try wait(for: POLLIN)
            try takeIn()
        }
        guard let result = PQgetResult(connection) else { return nil }
        return ResultHandle(adopting: result)
    }

    /// Reads what has arrived without waiting.
    func takeIn() throws(PostgresError) {
        // When this fails the server's last words, such as 57P01, may still wait among the results: they are a better reason.
        guard PQconsumeInput(connection) == 0 else { return }
        throw lastWords() ?? PostgresError(lossOf: connection, while: "waiting for an answer")
    }

    /// Waits until the socket can do one of `events` and returns what it can do.
    @discardableResult func wait(for events: Int32) throws(PostgresError) -> Int32 {
        let deadline = ContinuousClock.now + settings.answerTimeout
        while true {
            var ready = pollfd(fd: PQsocket(connection), events: Int16(events), revents: 0)
            guard ready.fd >= 0 else { throw PostgresError(lossOf: connection, while: "waiting for an answer") }
            let left = max(0, (deadline - .now) / .milliseconds(1))
            let count = poll(&ready, 1, Int32(min(left.rounded(.up), 1_000_000)))
            if count > 0 { return Int32(ready.revents) }
            guard count < 0, errno == EINTR else { throw lost("Postgres was silent past the answer time-out") }
        }
    }

    /// Closes our end, so that nobody takes this session for a usable one, and says why.
    func lost(_ problem: String) -> PostgresError {
        shutdown(PQsocket(connection), Int32(SHUT_RDWR))
        PQconsumeInput(connection)
        return PostgresError(kind: .connectionLost, problem: problem)
    }

    /// Why libpq refused to send: the connection is gone, or the call does not fit the session's state.
    func sendFailure(_ what: String) -> PostgresError {
        if isOpen {
            return PostgresError(kind: .unexpectedAnswer, problem: "libpq refused to send \(what): the session is busy with another, or in pipeline mode")
        }
        return PostgresError(lossOf: connection, while: "sending \(what)")
    }

    private func lastWords() -> PostgresError? {
        while let result = PQgetResult(connection) {
            let result = ResultHandle(adopting: result)
            guard result.status == PGRES_FATAL_ERROR else { continue }
            let error = PostgresError(reading: result, isLost: true)
            if error.sqlState != nil { return error }
        }
        return nil
    }
}
