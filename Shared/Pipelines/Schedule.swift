/// When a pipeline runs by itself.
public enum Schedule: Sendable, Equatable {
    case every(Duration)
    /// At this time of day in this zone (an IANA name).
    case daily(hour: Int, minute: Int, timeZone: String)
}

/// From which figure on people are told.
public struct AlertThresholds: Sendable, Equatable {
    /// Rows of the source that are not in the table: more than this.
    public let missing: Int
    /// Share of a run's rows that failed: more than this.
    public let errorRate: Percentage
    /// A run that takes longer.
    public let slow: Duration
    /// No complete run for longer.
    public let stale: Duration
    public let to: [AlertChannel]

    public init(missing: Int, errorRate: Percentage, slow: Duration, stale: Duration, to: [AlertChannel]) {
        (self.missing, self.errorRate, self.slow, self.stale, self.to) = (missing, errorRate, slow, stale, to)
    }

    public static let standard = AlertThresholds(
        missing: 10, errorRate: .whole(5), slow: .seconds(15 * 60), stale: .seconds(30 * 60), to: [.console])
}

/// Where alerts go.
public enum AlertChannel: String, Sendable, CaseIterable {
    case console, email, webhook
}

/// How long a failed change waits before each of its retries.
public struct RetryDelays: Sendable, Equatable {
    public let after: [Duration]

    public init(after: [Duration]) { self.after = after }

    /// One first load and three retries.
    public static let standard = RetryDelays(after: [.seconds(60), .seconds(300), .seconds(900)])
}
