import Records
import Reporting

/// What an owner reads when a run is over: how many rows, what became of them, what waits and for whom.
struct ClosingSentence: Sendable, Equatable {
    var pipeline: String
    var run: Int64
    var word: ClosingWord
    var books = RunBooks()
    /// One for each cause for which the database owes rows.
    var waiting: [String] = []
    /// The guard that held the run, or why it failed or is partial.
    var reason: String = ""
    /// What the parts of the source left open.
    var notes: [String] = []

    var text: String {
        switch word {
        case .complete: sentences(["\(name) is complete: \(read)\(changes)", landed] + notes + exceptions)
        case .completeWithExceptions: sentences(["\(name) is complete with exceptions: \(read)\(changes)"] + notes + exceptions)
        case .partial: sentences(["\(name) is partial: \(read)\(changes)", reason] + notes + exceptions)
        case .held:
            sentences([
                "\(name) is held and nothing was sent: \(reason)",
                "If that is right, `extractor approve \(run)` lets the next run do exactly this",
            ])
        case .unbalanced:
            sentences([
                "\(name) is unbalanced: \(grouped(books.outstanding)) of \(count(books.plan.emitted, "change")) sent are not accounted for", reason,
                "The next run sends again what is missing",
            ])
        case .failed: sentences(["\(name) failed: \(reason)"])
        }
    }

    private var name: String { "Run \(run) of \(pipeline)" }
    private var read: String { "\(count(books.plan.read, "row")) read" }

    /// ", 356 inserted, 12 updated, 3,769 unchanged": what did not happen is not listed.
    private var changes: String {
        let (plan, tallies) = (books.plan, books.tallies)
        let facts: [(Int64, String)] = [
            (tallies.inserted, "inserted"), (tallies.updated, "updated"), (tallies.deleted, "deleted"),
            (Int64(plan.unchanged) + tallies.unchangedAtTarget, "unchanged"), (tallies.keptLocal, "kept as the database has it"),
            (tallies.superseded, "superseded by a newer change"), (tallies.failed, "refused"),
            (Int64(plan.waiting), "waiting for a retry or a cure"), (Int64(plan.rejected), "rejected"), (Int64(plan.duplicate), "repeated"),
            (Int64(plan.blank), "blank"),
        ]
        return facts.filter { $0.0 > 0 }.map { ", \(grouped($0.0)) \($0.1)" }.joined()
    }

    private var landed: String { books.plan.read == books.plan.blank ? "" : "Every row of the source is in the database" }

    private var exceptions: [String] {
        let look = "`monitor errors --pipeline \(pipeline)` says why"
        let hasUnexplained = books.plan.rejected + books.plan.duplicate > 0 || (waiting.isEmpty && books.tallies.failed + Int64(books.plan.waiting) > 0)
        return waiting + (hasUnexplained ? [look] : [])
    }

    private func sentences(_ parts: [String]) -> String {
        parts.filter { !$0.isEmpty }.map { $0.hasSuffix(".") ? $0 : $0 + "." }.joined(separator: " ")
    }
}
