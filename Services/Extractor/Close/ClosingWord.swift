/// How a run ends; the words of `sync_runs.status`.
enum ClosingWord: String, Sendable, CaseIterable {
    /// Every row of the source is in the database.
    case complete
    /// Every row is accounted for, and some are refused, rejected or repeated, or wait.
    case completeWithExceptions = "complete_with_exceptions"
    /// What could be read is accounted for; that it was everything could not be shown.
    case partial
    /// A guard tripped; nothing was sent.
    case held
    /// Not every change that was sent is accounted for.
    case unbalanced
    /// It did not come to its end, or another run took its place.
    case failed

    /// A run that came to its end. Unbalanced comes first: it is never called success (invariant 4).
    /// - Parameter hasOpenFields: some rows travelled without a field, since a part of the source says two things of them.
    init(books: RunBooks, isReadComplete: Bool, hasOpenFields: Bool = false) {
        if !books.isBalanced {
            self = .unbalanced
        } else if !isReadComplete {
            self = .partial
        } else {
            self = books.exceptions > 0 || hasOpenFields ? .completeWithExceptions : .complete
        }
    }

    /// What the source held then is settled, so the next run may compare its headers with this one's.
    var passed: Bool { self == .complete || self == .completeWithExceptions || self == .partial }
}
