import Synchronization

/// Whether a service can do its work now, and if not, why not: what `/readyz` tells.
public final class Readiness: Sendable {
    private let obstacles: Mutex<[String: String]>

    /// - Parameter parts: what must report ready before the service is: `postgres`, `kafka`.
    public init(waitingFor parts: [String] = []) {
        obstacles = Mutex(Dictionary(parts.map { ($0, "starting") }) { first, _ in first })
    }

    /// Tells that nothing stands in the way of `part` any more.
    public func ready(_ part: String) { obstacles.withLock { $0[part] = nil } }

    /// - Parameter reason: for a person; never a row's value or a secret (Invariant 10).
    public func notReady(_ part: String, _ reason: String) { obstacles.withLock { $0[part] = reason } }

    /// Reasons by part; ready when there are none.
    public var reasons: [String: String] { obstacles.withLock { $0 } }
}
