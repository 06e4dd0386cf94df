import CPostgres

extension PostgresSession {
    /// Runs `work` in one transaction: it commits when `work` returns and rolls back when it throws.
    ///
    /// - Throws: what `work` threw; or the refusal of the COMMIT. If the connection goes while the COMMIT is under way, the error says
    ///   `isOutcomeUnknown`: the transaction may stand.
    @discardableResult public func transaction<Value>(_ work: () throws -> Value) throws -> Value {
        try query("BEGIN")
        let value: Value
        do {
            value = try work()
        } catch {
            undo("ROLLBACK")
            throw error
        }
        do {
            let answer = try query("COMMIT")
            // A transaction that failed unnoticed answers COMMIT with ROLLBACK, and that is no error to the server.
            guard answer.tag == "COMMIT" else {
                throw PostgresError(
                    kind: .unexpectedAnswer, sqlState: "25P02", problem: "A statement had failed, so Postgres rolled the transaction back at COMMIT")
            }
        } catch let error as PostgresError where error.isConnectionLoss {
            throw error.withUnknownOutcome
        }
        return value
    }

    /// Runs `work` so that what it did can be undone while the transaction around it goes on.
    /// - Throws: what `work` threw, after rolling back to the savepoint.
    @discardableResult public func savepoint<Value>(_ work: () throws -> Value) throws -> Value {
        try query("SAVEPOINT work")
        let value: Value
        do {
            value = try work()
        } catch {
            undo("ROLLBACK TO SAVEPOINT work")
            undo("RELEASE SAVEPOINT work")
            throw error
        }
        try query("RELEASE SAVEPOINT work")
        return value
    }

    /// The first error is the one to tell. If this one fails too, the session is no longer open or still in its failed transaction, and both show.
    func undo(_ sql: String) {
        do { try query(sql) } catch { _ = lost("The session could not be rolled back") }
    }
}

extension PostgresError {
    fileprivate var withUnknownOutcome: PostgresError {
        var error = self
        error.isOutcomeUnknown = true
        return error
    }
}
