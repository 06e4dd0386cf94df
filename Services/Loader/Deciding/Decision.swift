import Records

/// What `sync_rows` says of a key: what the database settled.
struct SettledRow: Equatable, Sendable {
    /// Of the change landed last; 0 if none ever did.
    var sequence: Records.Sequence
    /// Nil: never landed, or deleted.
    var hash: Int64?
    /// The highest sequence that failed and has not been made good.
    var owed: Records.Sequence?
    var isDeleted = false
    /// One bit per column: the source value decided on last was not blank.
    var held = HeldBits()
}

/// What a change is about to do; whether its values fit is another question.
enum Decision: Equatable, Sendable {
    /// A newer change of the key landed, is owed, or will be decided by a newer run.
    case superseded
    case apply(Application)
}

/// How a change that applies leaves its key.
struct Application: Equatable, Sendable {
    /// The settled hash is equal: the row is written all the same, and counts `unchanged_at_target` if it was there.
    var isSettledContent: Bool
    /// What stays owed once it landed.
    var owedAfter: Records.Sequence?
}

/// Invariants 3, 12 and 13: does a change apply?
///
/// - Parameters:
///   - fence: The newest run that has begun for the stream.
///   - settled: Nil when the key is new to the books.
func decide(
    sequence: Records.Sequence, operation: ChangeRecord.Operation, isPartial: Bool, attempt: Int, hash: Int64?, fence: Int64, settled: SettledRow?
) -> Decision {
    if let settled, sequence <= settled.sequence { return .superseded }  // Invariant 3: a lower sequence never overwrites a higher one.
    if attempt == 1 {
        if sequence.run < fence { return .superseded }  // Invariant 12.
    } else if settled?.owed != sequence {
        return .superseded  // Invariant 13: a retry lands only what is still owed.
    }
    var owedAfter = settled?.owed
    if let owed = owedAfter, !isPartial, sequence >= owed { owedAfter = nil }  // Invariants 6 and 13: a partial change makes nothing good.
    let isSettledContent = operation == .upsert && hash != nil && settled?.hash == hash && settled?.isDeleted != true
    return .apply(Application(isSettledContent: isSettledContent, owedAfter: owedAfter))
}
