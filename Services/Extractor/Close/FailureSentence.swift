import Books
import Reporting

/// The second book of a run for its owner: "Of 356 refused changes: 350 being retried, 6 landed since."
///
/// - Returns: empty when nothing failed.
func failureSentence(_ failures: RunFailures) -> String {
    let facts: [(Int64, String)] = [
        (failures.retrying, "being retried"), (failures.refused, "in no retry queue (yet), for the next run to try again"),
        (failures.permanent, "tried for the last time and waiting for a cure"), (failures.dropped, "let go by a person"),
        (failures.recovered, "landed since"), (failures.superseded, "superseded by a newer change"), (failures.unexplained, "not explained"),
    ]
    let parts = facts.filter { $0.0 != 0 }.map { "\(grouped($0.0)) \($0.1)" }
    return parts.isEmpty ? "" : "Of \(count(failures.failed, "refused change")): \(parts.joined(separator: ", "))."
}
