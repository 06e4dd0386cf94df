import Postgres
import Records

/// The books of one run and stream (invariant 4), as the view `run_books` has them.
public struct StreamBooks: Sendable, Equatable {
    public var run: Int64
    public var pipeline: String
    public var stream: String
    /// The run's word: `running`, or how it closed.
    public var status: String
    public var table: String
    public var read: Int64
    public var blank: Int64
    public var duplicate: Int64
    public var rejected: Int64
    public var unchanged: Int64
    public var waiting: Int64
    public var upserts: Int64
    public var deletes: Int64
    /// How the changes that were sent ended so far.
    public var tallies: Tallies
    /// Rows read of which the books do not say what became of them.
    public var readUnaccounted: Int64
    /// Changes sent that the database has not settled.
    public var emittedUnaccounted: Int64
    public var isBalanced: Bool

    public var emitted: Int64 { upserts + deletes }

    /// The books of a run, by stream.
    public static func of(run: Int64, in session: PostgresSession) throws(PostgresError) -> [StreamBooks] {
        let rows = try session.query(select + " WHERE run = $1 ORDER BY stream", [.integer(run)])
        var books: [StreamBooks] = []
        for row in rows { books.append(try StreamBooks(row)) }
        return books
    }

    private static let select = """
        SELECT run, pipeline, stream, status, target_table, read, blank, duplicate, rejected, unchanged, waiting, upserts, deletes,
            inserted, updated, unchanged_at_target, kept_local, superseded, deleted, failed, read_unaccounted, emitted_unaccounted, balanced
        FROM run_books
        """

    private init(_ row: PostgresRow) throws(PostgresError) {
        (run, pipeline, stream) = (try row.integer(0), try row.text(1), try row.text(2))
        (status, table) = (try row.text(3), try row.text(4))
        (read, blank, duplicate, rejected) = (try row.integer(5), try row.integer(6), try row.integer(7), try row.integer(8))
        (unchanged, waiting, upserts, deletes) = (try row.integer(9), try row.integer(10), try row.integer(11), try row.integer(12))
        tallies = Tallies()
        (tallies.inserted, tallies.updated) = (try row.integer(13), try row.integer(14))
        (tallies.unchangedAtTarget, tallies.keptLocal) = (try row.integer(15), try row.integer(16))
        (tallies.superseded, tallies.deleted, tallies.failed) = (try row.integer(17), try row.integer(18), try row.integer(19))
        (readUnaccounted, emittedUnaccounted, isBalanced) = (try row.integer(20), try row.integer(21), try row.boolean(22))
    }
}
