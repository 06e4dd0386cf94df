/// How long to wait before a request is sent again: truncated exponential back-off with full jitter, as Google asks for
/// (https://developers.google.com/workspace/sheets/api/limits#exponential), unless the server said when to come back.
enum RetryPause {
    /// What stood in the way; it decides how patient we are.
    enum Cause: Sendable {
        /// 429: the quota of the minute is used up, so the tries must last longer than a minute.
        case quota
        /// 5xx, a cut answer, or the network.
        case trouble
    }

    /// The longest wait a server may ask for; beyond it a person should know.
    static let retryAfterSecondsMax = 300
    static let pauseSecondsMax = 64.0

    static func triesMax(_ cause: Cause) -> Int {
        switch cause {
        case .quota: 9
        case .trouble: 6
        }
    }

    /// The pause before the next try; nil: no more tries.
    /// - Parameters:
    ///   - tries: How often the request was sent, from 1.
    ///   - retryAfterSeconds: What the server asked for.
    ///   - random: From 0 up to 1.
    static func before(nextAfter tries: Int, _ cause: Cause, retryAfterSeconds: Int?, random: Double) -> Duration? {
        guard tries < triesMax(cause) else { return nil }
        if let wanted = retryAfterSeconds {
            // Never earlier than asked for; the jitter keeps many clients from coming back in one moment.
            return wanted <= retryAfterSecondsMax ? .seconds(wanted) + .milliseconds(Int(random * 1000)) : nil
        }
        var ceiling = 1.0
        for _ in 1..<max(1, tries) where ceiling < pauseSecondsMax { ceiling *= 2 }
        return .milliseconds(Int(random * min(ceiling, pauseSecondsMax) * 1000))
    }
}
