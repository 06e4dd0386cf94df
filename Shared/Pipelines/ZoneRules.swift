import Glibc

/// When a time zone's clocks changed and will change, from this machine's zone data (RFC 9636, TZif).
///
/// Read here because glibc knows one zone a process, and Foundation brings 41 MB of data for it.
public struct ZoneRules: Sendable {
    /// An IANA name, as in `Asia/Tokyo`.
    public let name: String
    /// Instants (seconds since 1970 UTC) at which `offsets[index + 1]` begins to hold.
    let changes: [Int64]
    /// Seconds east of UTC; one more than there are changes.
    let offsets: [Int]
    /// What holds after the last change.
    let later: DaylightRule?

    /// What a local time means.
    public enum LocalMeaning: Sendable, Equatable {
        case only(Int)
        /// Clocks went back over it: it happened twice, first with this offset.
        case repeated(first: Int)
        /// Clocks went forward over it: it never happened.
        case skipped
    }

    public static let utc = ZoneRules(name: "UTC", changes: [], offsets: [0], later: nil)

    init(name: String, changes: [Int64], offsets: [Int], later: DaylightRule?) {
        (self.name, self.changes, self.offsets, self.later) = (name, changes, offsets, later)
    }

    /// Seconds east of UTC at this instant (seconds since 1970 UTC).
    public func offset(atInstant instant: Int64) -> Int {
        if let later, instant >= changes.last ?? .min { return later.offset(atInstant: instant) }
        var low = 0
        var high = changes.count
        while low < high {
            let middle = (low + high) / 2
            if changes[middle] <= instant { low = middle + 1 } else { high = middle }
        }
        return offsets[low]
    }

    /// - Parameter local: the seconds that clocks on the wall would count since 1970-01-01 00:00.
    public func offset(atLocal local: Int64) -> LocalMeaning {
        // No zone is further than a day from UTC, so the offsets around it are all that come into question.
        let before = offset(atInstant: local - 86_400)
        let after = offset(atInstant: local + 86_400)
        let fits = [before, after].filter { offset(atInstant: local - Int64($0)) == $0 }
        guard let first = fits.first else { return .skipped }
        return before != after && fits.count == 2 ? .repeated(first: first) : .only(first)
    }
}
