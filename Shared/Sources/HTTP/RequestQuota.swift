/// Keeps a source within so many requests in any minute, so that it does not provoke the refusals it would then have to wait out.
///
/// Google allows 60 reads per minute, user and project (https://developers.google.com/workspace/sheets/api/limits); a service account is one user.
actor RequestQuota {
    private let perMinute: Int
    private let clock: SourceClock
    /// All requests that were allowed so far.
    private(set) var taken = 0
    /// When the latest requests were allowed, oldest first; at most `perMinute`.
    private var allowed: [Duration] = []

    init(perMinute: Int, clock: SourceClock) {
        precondition(perMinute > 0)
        (self.perMinute, self.clock) = (perMinute, clock)
    }

    /// Returns when one more request may be sent. Invariant 11: requests per minute are bounded.
    func take() async throws {
        while true {
            let now = clock.elapsed()
            allowed.removeAll { now - $0 >= .seconds(60) }
            guard allowed.count >= perMinute, let oldest = allowed.first else {
                allowed.append(now)
                taken += 1
                return
            }
            try await clock.sleep(oldest + .seconds(60) - now)
        }
    }
}
