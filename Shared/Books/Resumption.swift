/// What `sync_offsets`, or `retry_offsets`, holds of one partition.
public struct StoredOffset: Equatable, Sendable {
    public var next: Int64
    public var generation: Int64
    /// Of the record before `next`; nil before the first.
    public var lastID: String?

    public init(next: Int64, generation: Int64, lastID: String? = nil) { (self.next, self.generation, self.lastID) = (next, generation, lastID) }
}

/// What stands in the topic just before the stored position.
public enum RecordBefore: Equatable, Sendable {
    case none
    case record(id: String)
}

/// Where a partition goes on.
public enum Resumption: Equatable, Sendable {
    /// At the stored position: the topic is the one we know.
    case goOn(at: Int64)
    /// The topic was lost and begun again: from its beginning, in a new generation. Safe by invariants 3 and 4, which is why nobody is asked.
    case recreated(from: Int64)
    /// Retention took records that were never applied: what they said is found again by the next full run.
    case expired(from: Int64, lost: Int64)

    /// - Parameters:
    ///   - low: the oldest offset still there, `high` the one that comes next.
    ///   - before: the record at `stored.next - 1`. It counts more than `high`, which some brokers give too low.
    public static func of(_ stored: StoredOffset, low: Int64, high: Int64, before: RecordBefore) -> Resumption {
        if case .record(let id) = before, let known = stored.lastID {
            return id.utf8.elementsEqual(known.utf8) ? .goOn(at: stored.next) : .recreated(from: low)
        }
        if stored.next > high { return .recreated(from: low) }
        if stored.next < low { return .expired(from: low, lost: low - stored.next) }
        // Above the low watermark the record before is there, unless the topic is another; at it, retention took just that one.
        if before == .none, stored.next > low, stored.lastID != nil { return .recreated(from: low) }
        return .goOn(at: stored.next)
    }
}
