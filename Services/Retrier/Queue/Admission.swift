import Failures
import Pipelines
import Records

/// What is known of a failure besides its record, from the database and in one moment.
struct FailureFacts: Sendable, Equatable {
    /// When the transaction that counted it wrote its line, by the database's clock; nil: it never committed (invariant 2).
    var countedAt: String?
    var valueLength: Int64?
    /// The highest sequence of the key that is owed.
    var owed: Int64?
    /// How the column is defined now; nil when there is none, or none is to blame.
    var presentDefinition: String?
}

/// What a failure means for the queue.
enum Admission: Equatable, Sendable {
    /// Its transaction never committed: it did not happen.
    case phantom
    /// The database owes something else by now, or nothing: whatever entry there is will be decided by what the database settled.
    case obsolete
    /// This attempt was taken in before.
    case repeated
    /// Trying again cannot help; it is told as an incident and stays owed, and an older entry of the key is over.
    case notQueued
    /// The entry as it is from now on. `ends` is the sequence of an older failure that this one supersedes.
    case entry(RetryEntry, ends: Int64?)
}

/// Decides what becomes of a failure; the same failure decided again changes nothing.
///
/// - Parameters:
///   - entry: the open entry of its key.
///   - jitter: 0...0.15, a share of the delay by which the next attempt comes later, never earlier.
func admit(_ failure: FailureRecord, _ facts: FailureFacts, entry: RetryEntry?, delays: RetryDelays, jitter: Double) -> Admission {
    let category = ErrorCategory(rawValue: failure.category) ?? .unknown
    guard let key = failure.recordKey else { return .notQueued }
    guard let sequence = failure.sequence, case .change(let change) = failure.subject else {
        return admitUnsent(failure, category, key, facts, entry: entry)
    }
    guard let countedAt = facts.countedAt else { return .phantom }
    // Invariant 13: only what is owed waits. The proven failure of an entry's own attempt counts all the same: a newer failure of equal content
    // may be owed by now, and would else try this attempt once more.
    guard facts.owed == sequence.rawValue || facts.owed != nil && entry?.sequence == sequence else { return .obsolete }
    guard category.isRetryable(code: failure.code) else { return .notQueued }

    var next = RetryEntry(
        id: change.id, pipeline: failure.pipeline, stream: failure.stream, recordKey: key.text, run: failure.run, sequence: sequence, hash: change.hash?.signed,
        change: String(decoding: change.line(), as: UTF8.self), topic: failure.position?.topic, originRow: failure.origin.row, cell: failure.origin.cell,
        category: category, code: failure.code, table: failure.table, column: failure.column, columnDefinition: failure.columnDefinition,
        constraint: failure.constraint, valueLength: facts.valueLength, message: failure.message, status: .pending, attemptCount: failure.attempt,
        budgetFrom: failure.attempt, firstFailedAt: countedAt, lastFailedAt: countedAt)
    guard let entry, entry.status != .waitsForSource else { return .entry(next.scheduled(delays, jitter, facts), ends: nil) }

    if sequence < entry.sequence { return .obsolete }
    if sequence > entry.sequence {
        guard entry.hash == next.hash, entry.hash != nil else { return .entry(next.scheduled(delays, jitter, facts), ends: entry.sequence.rawValue) }
        // Equal content: another run found the same bad row. Its failure is no attempt, or a run every ten minutes would try it for ever.
        next.id = entry.id
        (next.attemptCount, next.budgetFrom, next.releases) = (entry.attemptCount, entry.budgetFrom, entry.releases)
        (next.firstFailedAt, next.lastFailedAt, next.columnDefinition) = (entry.firstFailedAt, entry.lastFailedAt, entry.columnDefinition)
        next.nextRetryAt = entry.nextRetryAt
        next.status = entry.status == .claimed || entry.status == .sent ? .pending : entry.status  // An undecided attempt is given back.
        return .entry(next.releasedByCure(facts), ends: entry.sequence.rawValue)
    }
    guard failure.attempt > entry.attemptCount else { return .repeated }
    (next.id, next.firstFailedAt, next.budgetFrom, next.releases) = (entry.id, entry.firstFailedAt, entry.budgetFrom, entry.releases)
    if entry.status == .dropped { next.status = .dropped }
    return .entry(next.status == .dropped ? next : next.scheduled(delays, jitter, facts), ends: nil)
}

/// A row the mapper refused waits for its source alone; a change of the key that waits already is not displaced by it.
private func admitUnsent(
    _ failure: FailureRecord, _ category: ErrorCategory, _ key: RecordKey, _ facts: FailureFacts, entry: RetryEntry?
) -> Admission {
    guard failure.sequence == nil, failure.code != "duplicate_key" else { return .notQueued }
    if let entry, entry.status != .waitsForSource { return .obsolete }
    let sequence = Sequence(run: failure.run, ordinal: 0)
    if let entry, entry.sequence >= sequence { return .repeated }
    let now = facts.countedAt ?? failure.failedAt
    let next = RetryEntry(
        id: entry?.id ?? "\(key.messageKey(stream: failure.stream))@\(failure.run).row", pipeline: failure.pipeline, stream: failure.stream,
        recordKey: key.text, run: failure.run, sequence: sequence, originRow: failure.origin.row, cell: failure.origin.cell, category: category,
        code: failure.code, column: failure.column, message: failure.message, status: .waitsForSource, attemptCount: 0, budgetFrom: 0,
        firstFailedAt: entry?.firstFailedAt ?? now, lastFailedAt: now)
    return .entry(next, ends: nil)
}

extension RetryEntry {
    /// The next attempt's time after the failure of `attemptCount`, or the end of the schedule.
    fileprivate func scheduled(_ delays: RetryDelays, _ jitter: Double, _ facts: FailureFacts) -> RetryEntry {
        var next = self
        let used = attemptCount - budgetFrom
        if used < delays.after.count {
            next.status = .pending
            next.delay = (delays.after[max(0, used)] / .seconds(1)) * (1 + min(max(jitter, 0), 0.15))
        } else {
            (next.status, next.delay) = (.permanentlyFailed, nil)
        }
        return next.releasedByCure(facts)
    }

    /// A column that was changed between the refusal and now has cured it already: what was released is tried at once, on a new schedule.
    fileprivate func releasedByCure(_ facts: FailureFacts) -> RetryEntry {
        guard waitsForColumn, status == .pending || status == .permanentlyFailed, releases < Release.releasesMax, let present = facts.presentDefinition,
            !present.utf8.elementsEqual((columnDefinition ?? "").utf8)
        else { return self }
        var next = self
        (next.status, next.budgetFrom, next.releases, next.delay, next.columnDefinition) = (.pending, attemptCount + 1, releases + 1, 0, present)
        return next
    }

    /// Another definition of its column may cure it.
    var waitsForColumn: Bool { (category == .fieldLength || category == .dataType) && column != nil && columnDefinition != nil }
}
