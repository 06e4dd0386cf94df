import Lifecycle

/// Serves until it is cancelled.
struct StandInService: Service {
    let stop: @Sendable () async -> Void

    init(_ stop: @escaping @Sendable () async -> Void) { self.stop = stop }

    func run() async throws {
        do { while true { try await Task.sleep(for: .seconds(3600)) } } catch { await stop() }
    }
}
