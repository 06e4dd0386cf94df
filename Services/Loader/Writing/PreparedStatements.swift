import Books
import Postgres

/// The statements prepared in one session, each when it is first needed.
final class PreparedStatements {
    private var known: Set<String> = []

    /// Forgets all: the session is new, or the tables they were made for are not what they were.
    func removeAll() { known.removeAll() }

    func contains(_ name: String) -> Bool { known.contains(name) }

    /// - Precondition: the session is not in pipeline mode.
    func prepare(_ name: String, _ sql: String, in session: PostgresSession) throws(PostgresError) {
        guard !known.contains(name) else { return }
        try session.prepare(name, sql)
        known.insert(name)
    }

    /// Statements of fixed text, which every session has.
    func prepareFixed(in session: PostgresSession) throws(PostgresError) {
        for (name, sql) in [
            ("offset", BookStatements.moveOffset), ("constraints", "SET CONSTRAINTS ALL IMMEDIATE"), ("lock", FenceLock.sharedSQL),
            ("fence", FenceLock.checkSQL),
            ("definition", BookStatements.expectDefinition), ("owe", BookStatements.owe), ("tally-failed", BookStatements.tallyFailed),
            ("errors", ErrorLog.insertSQL),
        ] {
            try prepare(name, sql, in: session)
        }
    }
}
