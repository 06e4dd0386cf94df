/// Why an entry that a person named is left as it is.
enum LeftAlone: String, Sendable, CaseIterable {
    case unknown, underWay = "under_way", busy, waitsForSource = "waits_for_source", wasDropped = "dropped", releasedTooOften = "released_too_often"

    /// With the cure.
    var words: String {
        switch self {
        case .unknown: "not in the queue; `retrier list` shows what is, `retrier show` what became of the others"
        case .underWay: "an attempt is under way; try again when it is over"
        case .busy: "a retrier works on it this moment; try again"
        case .waitsForSource: "was never sent, so there is nothing to send again; mend the row in its source"
        case .wasDropped: "dropped before; only its own id releases it"
        case .releasedTooOften: "released \(Release.releasesMax) times in vain; mend the row or the table, which starts it anew"
        }
    }
}
