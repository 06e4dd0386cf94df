/// How many requests a read is going to need and how long the rate alone makes them take; `extractor check` shows it before anything is read.
public struct RatePlan: Sendable, Equatable, CustomStringConvertible {
    /// About so many; an answer's size decides how many pages it has, and nobody knows it before.
    public var requests: Int
    public var perMinute: Int

    public init(requests: Int, perMinute: Int) {
        precondition(perMinute > 0)
        (self.requests, self.perMinute) = (requests, perMinute)
    }

    /// Whole minutes, from 1.
    public var minutes: Int { max(1, (requests + perMinute - 1) / perMinute) }

    /// `this sync needs about 42 requests, 1 minute`
    public var description: String {
        "this sync needs about \(requests) \(requests == 1 ? "request" : "requests"), \(minutes) \(minutes == 1 ? "minute" : "minutes")"
    }
}
