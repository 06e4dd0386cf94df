import Postgres

/// The second book of one run, all its streams together, as the view `run_failures` has it now: what became of each change that failed when
/// it was first tried (invariant 4). It goes on changing after the run is closed, and is no condition of closing.
public struct RunFailures: Sendable, Equatable {
    /// Changes that the loader counted as failed; the others add up to it.
    public var failed: Int64
    /// Still owed, and in no queue: the next run tries them again.
    public var refused: Int64
    /// Still owed, with attempts to come.
    public var retrying: Int64
    /// Landed since.
    public var recovered: Int64
    /// A newer change of the key took its place.
    public var superseded: Int64
    /// Still owed after the last attempt; waits for a cure, an edit or a person.
    public var permanent: Int64
    /// Still owed, and let go by a person.
    public var dropped: Int64

    public init(
        failed: Int64, refused: Int64 = 0, retrying: Int64 = 0, recovered: Int64 = 0, superseded: Int64 = 0, permanent: Int64 = 0, dropped: Int64 = 0
    ) {
        (self.failed, self.refused, self.retrying, self.recovered) = (failed, refused, retrying, recovered)
        (self.superseded, self.permanent, self.dropped) = (superseded, permanent, dropped)
    }

    /// Failed changes of which the book does not say what became of them; not zero only when a line of the error log is missing.
    public var unexplained: Int64 { failed - (refused + retrying + recovered + superseded + permanent + dropped) }

    /// The book of a run; all zero for one without failures.
    public static func of(run: Int64, in session: PostgresSession) throws(PostgresError) -> RunFailures {
        let row = try session.query(
            """
            SELECT coalesce(sum(failed), 0)::bigint, coalesce(sum(refused), 0)::bigint, coalesce(sum(retrying), 0)::bigint,
                coalesce(sum(recovered), 0)::bigint, coalesce(sum(superseded), 0)::bigint, coalesce(sum(permanent), 0)::bigint,
                coalesce(sum(dropped), 0)::bigint
            FROM run_failures WHERE run = $1
            """, [.integer(run)]
        ).only()
        return RunFailures(
            failed: try row.integer(0), refused: try row.integer(1), retrying: try row.integer(2), recovered: try row.integer(3),
            superseded: try row.integer(4), permanent: try row.integer(5), dropped: try row.integer(6))
    }
}
