import Failures
import Records

/// One waiting change: the last failure of a key that the database still owes (invariant 13).
struct RetryEntry: Sendable, Equatable {
    enum Status: String, Sendable, CaseIterable {
        /// Waits for its time.
        case pending
        /// A retrier holds it and is about to send its next attempt.
        case claimed
        /// Its next attempt stands in `changes`; what becomes of it is not known yet.
        case sent
        /// Its schedule is used up; a cure, an edit of the source or a person brings it back.
        case permanentlyFailed = "permanently_failed"
        /// Never sent, since the mapper refused the row: only its source can mend it.
        case waitsForSource = "waits_for_source"
        /// A person let it go; it stays owed.
        case dropped
    }

    /// Of the change that opened it.
    var id: String
    var pipeline: String
    var stream: String
    var recordKey: String
    var run: Int64
    var sequence: Records.Sequence
    var hash: Int64?
    /// The line that is sent again.
    var change: String?
    var topic: String?
    var originRow: Int?
    var cell: String?
    var category: ErrorCategory
    var code: String
    var table: String?
    var column: String?
    /// The definition it met, or, once that was cured, the one it was released by.
    var columnDefinition: String?
    var constraint: String?
    var valueLength: Int64?
    var message: String
    var status: Status
    /// The highest attempt proven to have failed.
    var attemptCount: Int
    /// The attempt whose failure began the present schedule.
    var budgetFrom: Int
    var releases = 0
    /// When the schedule has it next, in seconds after `lastFailedAt`; nil leaves `nextRetryAt` as it is.
    var delay: Double?
    var nextRetryAt: String?
    /// By the database's clock, as it writes times.
    var firstFailedAt: String
    var lastFailedAt: String
}
