import Failures
import Postgres
import Records

extension PostgresSession {
    /// Commits, and throws when the server rolled back instead.
    func commit() throws(PostgresError) {
        let answer = try query("COMMIT")  // If its answer never comes, the position that is read again tells what became of it.
        guard answer.tag == "COMMIT" else {
            throw PostgresError(kind: .unexpectedAnswer, sqlState: "25P02", problem: "a statement had failed, so Postgres rolled back at COMMIT")
        }
    }

    /// Ends a transaction that failed; a connection that is gone has ended it already.
    func abandonTransaction() {
        guard isOpen, isInTransaction else { return }
        do { try query("ROLLBACK") } catch { return }  // Only a lost connection refuses ROLLBACK, and the next statement will say so.
    }

    func tally(_ counts: Tallies, run: Int64, stream: String, partition: Int32, highest: Int64) throws(PostgresError) {
        try query(
            BookStatements.tally,
            [
                .integer(run), .text(stream), .integer(Int64(partition)), .integer(highest), .integer(counts.inserted), .integer(counts.updated),
                .integer(counts.unchangedAtTarget), .integer(counts.keptLocal), .integer(counts.superseded), .integer(counts.deleted), .integer(counts.failed),
            ])
    }
}

extension BatchRange {
    /// Of `BookStatements.moveOffset`.
    var moveParameters: [PostgresValue?] {
        [.text(topic), .integer(Int64(partition)), .integer(next), .text(lastID), .integer(from), .integer(generation)]
    }
}
