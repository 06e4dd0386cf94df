import Reporting
import Sources

/// Which parts of a source could not be read, and what that means, for an owner: empty when all were.
func unreadSentence(_ parts: [PartReport]) -> String {
    let failed = parts.filter { $0.failure != nil }
    guard !failed.isEmpty else { return "" }
    let reasons = failed.map { "part \($0.name) could not be read: \($0.failure ?? "")" }
    return reasons.joined(separator: "; ").capitalisedFirst
        + "; what only \(failed.count == 1 ? "it" : "they") would say keeps what the database has, and nothing is deleted"
}

/// One sentence for each part with keys of which it says two things.
func repeatedSentences(_ parts: [PartReport]) -> [String] {
    parts.filter { $0.repeatedKeys > 0 }.map { part in
        let keys = part.repeatedKeys == 1 ? "1 key stands" : "\(grouped(part.repeatedKeys)) keys stand"
        return "In part \(part.name) \(keys) in several rows that differ, and none is taken for the right one; make them one row a key, as by GROUP BY"
    }
}

extension String {
    fileprivate var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}
