/// What follows from a code that Postgres, or the wire to it, gave for a batch or a row. One table for all services.
public enum FailureMeaning: Sendable, Equatable {
    /// This row is refused; its neighbours may land (invariant 9).
    case row(ErrorCategory)
    /// Nobody's fault among the rows: back off and keep the offsets (invariant 8).
    case outage
    /// The statement took too long or was cancelled (57014): halve the batch once, then treat it as an outage.
    case tooSlow
    /// The table is not what the statements were written for (class 42): the stream stops and says so; no row is spent.
    case schema
    /// A prepared plan no longer fits its table (0A000): prepare again and repeat once.
    case stalePlan
    /// A check of ours raised: do the batch again on the deciding path, or leave it to its new owner.
    case raised(RollcallCode)

    /// - Parameter sqlState: nil when no server answered, which is an outage.
    public init(sqlState: String?) {
        guard let sqlState else { self = .outage; return }
        if let code = RollcallCode(rawValue: sqlState) { self = .raised(code); return }
        switch sqlState {
        case "57014": self = .tooSlow
        case "0A000": self = .stalePlan
        case "42804": self = .row(.dataType)
        case _ where sqlState.hasPrefix("42"): self = .schema
        // The session or the server is at fault, and every row would fail alike: a queue full of them would heal nothing. A row that alone
        // brings it about, while its neighbours commit, is found by halving (invariant 8).
        case _ where sqlState.hasPrefix("25") || sqlState.hasPrefix("XX"): self = .outage
        default:
            let category = ErrorCategory(sqlState: sqlState)
            self = category == .transient ? .outage : .row(category)
        }
    }
}

extension ErrorCategory {
    /// Whether trying the same content again may help: by a clock, a wider column or an edit of the source.
    ///
    /// A constraint or a table of another shape needs a person first, and an outage is waited out without spending an attempt.
    /// - Parameter code: the SQLSTATE or the rule of the mapper.
    public func isRetryable(code: String) -> Bool {
        switch self {
        case .fieldLength, .dataType: true
        case .unknown: FailureMeaning(sqlState: code) != .schema
        case .constraintViolation, .transient: false
        }
    }
}
