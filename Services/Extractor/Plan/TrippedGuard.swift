import Pipelines
import Reporting

/// Why a run is held before its first record leaves (invariant 7).
enum TrippedGuard: Sendable, Equatable {
    /// The source has no row at all: a wrong tab or a lost permission looks like this.
    case empty
    case shrink(found: Int, known: Int, limit: Percentage)
    case deletes(planned: Int, known: Int, limit: Percentage)
    /// The headers that the mapping reads are others than in the last run.
    case header

    /// For `sync_runs.guard` and for programs.
    var word: String {
        switch self {
        case .empty: "empty"
        case .shrink: "shrink"
        case .deletes: "deletes"
        case .header: "header"
        }
    }

    /// What was seen and what the limit is.
    var sentence: String {
        switch self {
        case .empty: "the source has no rows"
        case .shrink(let found, let known, let limit):
            "the source has \(count(found, "row")) where \(grouped(known)) are known; the guard `shrink: \(limit)` forbids that"
        case .deletes(let planned, let known, let limit):
            "\(grouped(planned)) of \(count(known, "known row")) would be deleted; the guard `deletes: \(limit)` forbids that"
        case .header: "the mapped headers are not those of the last run"
        }
    }
}

/// What the guards look at.
struct GuardedRead: Sendable {
    /// Rows that are not blank.
    var found: Int
    /// Keys that the database holds for this stream.
    var known: Int
    var deletes: Int
    /// Of this read and of the last run that passed; nil if there was none.
    var header: String
    var headerBefore: String?
}

/// Every guard that this read trips, in the order in which people should hear of them.
func trippedGuards(_ read: GuardedRead, _ guards: Guards) -> [TrippedGuard] {
    var tripped: [TrippedGuard] = []
    if read.found == 0 {
        tripped.append(.empty)
    } else if guards.shrink.isReached(by: read.known - read.found, of: read.known) {
        tripped.append(.shrink(found: read.found, known: read.known, limit: guards.shrink))
    }
    if guards.deletes.isReached(by: read.deletes, of: read.known) {
        tripped.append(.deletes(planned: read.deletes, known: read.known, limit: guards.deletes))
    }
    if let before = read.headerBefore, before != read.header { tripped.append(.header) }
    return tripped
}
