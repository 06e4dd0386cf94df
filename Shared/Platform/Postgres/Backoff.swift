/// How long to wait before trying again: full jitter, so that many clients of one server that comes back do not come back together.
/// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
public struct Backoff: Sendable, Equatable {
    public var first: Duration
    public var longest: Duration

    /// For a server that is restarting: from a tenth of a second up to half a minute.
    public static let reconnecting = Backoff(first: .milliseconds(100), longest: .seconds(30))

    public init(first: Duration, longest: Duration) { (self.first, self.longest) = (first, longest) }

    /// The longest wait after so many failures in a row, counted from 1; it doubles with each.
    public func ceiling(afterFailures failures: Int) -> Duration {
        min(longest, first * (1 << min(max(failures - 1, 0), 30)))
    }

    /// A wait between nothing and the ceiling.
    public func delay(afterFailures failures: Int, using random: inout some RandomNumberGenerator) -> Duration {
        ceiling(afterFailures: failures) * Double.random(in: 0...1, using: &random)
    }
}
