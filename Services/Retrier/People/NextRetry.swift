import Reporting

/// When an entry is tried again, in words: by the clock, by a cure, or by a person.
struct NextRetry: Sendable, Equatable {
    var status: RetryEntry.Status
    /// Until its time, by the clock of the database; negative when it is due.
    var seconds: Double?
    /// Another definition of its column releases it.
    var waitsForColumn: Bool

    var words: String {
        switch status {
        case .pending:
            guard let seconds, seconds > 0 else { return "due now" }
            return "in \(inWords(.seconds(seconds)))"
        case .claimed, .sent: return "under way"
        case .permanentlyFailed: return waitsForColumn ? "when its column or its source changes" : "when its source changes"
        case .waitsForSource: return "when its source changes"
        case .dropped: return "never: a person let it go"
        }
    }
}
