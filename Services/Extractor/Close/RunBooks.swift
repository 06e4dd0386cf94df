import Records

/// Both halves of one stream's books as the view `run_books` shows them (invariant 4).
struct RunBooks: Sendable, Equatable {
    var stream: String
    var table: String
    var plan: StreamPlan
    var tallies: Tallies
    /// Everything read and everything emitted is accounted for, as the database sees it.
    var isBalanced: Bool

    /// Emitted changes of which the loader has not told yet.
    var outstanding: Int { plan.emitted - Int(tallies.total) }
    /// Rows that this run did not bring into the database although the source has them.
    var exceptions: Int { plan.duplicate + plan.rejected + Int(tallies.failed) }
}
