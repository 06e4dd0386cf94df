/// SQLSTATEs that Rollcall itself raises, through the function `rollcall_expect`, to end a transaction whose ground has moved.
///
/// Class `RC` is in nobody's use: the standard leaves classes that begin with I–Z to implementations, and PostgreSQL uses P0, XX and HV.
/// https://www.postgresql.org/docs/15/errcodes-appendix.html
public enum RollcallCode: String, Sendable, CaseIterable {
    /// The stored offset or generation is not the one the batch started from: another loader was here (invariant 1).
    case offsetsMoved = "RC001"
    /// A row of the batch needs a decision: its sequence is not above the row's, something is owed, or a blank meets a held value.
    case rowGuard = "RC002"
    /// A newer run has begun: the fence is above the batch's run (invariant 12).
    case fence = "RC003"
    /// The tallies already hold these ordinals (invariant 4).
    case talliesMoved = "RC004"
    /// The table's definition is not the one the values were checked against.
    case definitionChanged = "RC005"
    /// The lease is no longer ours.
    case leaseLost = "RC006"
}
