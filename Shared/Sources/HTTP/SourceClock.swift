import Glibc

/// What a source on the network knows of time and chance; tests decide both.
public struct SourceClock: Sendable {
    /// Seconds since 1970, as the wall clock says: for what other machines check.
    public var unixSeconds: @Sendable () -> Int
    /// Time since some fixed moment; never goes back.
    public var elapsed: @Sendable () -> Duration
    /// Waits; throws `CancellationError` when the task is cancelled.
    public var sleep: @Sendable (Duration) async throws -> Void
    /// Anything from 0 up to, but not, 1.
    public var random: @Sendable () -> Double

    public init(
        unixSeconds: @escaping @Sendable () -> Int, elapsed: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void, random: @escaping @Sendable () -> Double
    ) {
        (self.unixSeconds, self.elapsed, self.sleep, self.random) = (unixSeconds, elapsed, sleep, random)
    }

    /// The machine's clocks and random numbers.
    public static let system: SourceClock = {
        let start = ContinuousClock.now
        return SourceClock(
            unixSeconds: { time(nil) }, elapsed: { ContinuousClock.now - start }, sleep: { try await Task.sleep(for: $0) },
            random: { Double.random(in: 0..<1) })
    }()
}
