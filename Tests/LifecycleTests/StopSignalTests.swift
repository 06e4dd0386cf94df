import Glibc
import TestSupport
import Testing

/// Stops of a real process by real signals.
struct StopSignalTests {
    private func started(_ arguments: String...) async throws -> ChildProcess {
        let child = try ChildProcess("StopProbe", ["run"] + arguments)
        try await eventually("a service runs") { child.errors.contains("runs") }
        return child
    }

    @Test(arguments: [(SIGTERM, 143), (SIGINT, 130)] as [(Int32, Int32)])
    func `a signal stops the services in reverse order, and the exit code tells which`(signal: Int32, code: Int32) async throws {
        let child = try await started("drain")
        try await eventually("all run") { child.errors.split(separator: "\n").count == 3 }
        child.signal(signal)
        #expect(try await child.wait() == .exited(code))
        #expect(child.errors.split(separator: "\n").suffix(3) == ["applier stopped", "writer stopped", "database stopped"])
    }

    @Test(arguments: [(SIGTERM, 143), (SIGINT, 130)] as [(Int32, Int32)])
    func `a second signal ends the process at once, though every thread is stuck`(signal: Int32, code: Int32) async throws {
        let child = try await started("stuck", "--deadline", "600000")
        child.signal(signal)
        // Two signals that are pending together are one, so the second is repeated until it counts.
        try await eventually("it ends") {
            child.signal(signal)
            return !child.isRunning
        }
        #expect(try await child.wait() == .exited(code))
        #expect(child.errors.hasSuffix("second signal: exiting at once\n"))
    }

    @Test func `services that do not stop are left behind at the deadline`() async throws {
        let child = try await started("stuck", "--deadline", "50")
        child.signal(SIGTERM)
        #expect(try await child.wait() == .exited(143))
        #expect(child.errors.hasSuffix("services did not stop within 0.05 seconds: exiting without them\n"))
    }
}
