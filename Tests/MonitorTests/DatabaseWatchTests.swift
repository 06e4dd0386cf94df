import Postgres
import Telemetry
import TestSupport
import Testing

@testable import Monitor

@Suite struct DatabaseWatchTests {
    @Test func `readiness follows the database down and up again`() async throws {
        try await PostgresCluster.with { cluster in
            let clock = ManualClock(), readiness = Readiness(waitingFor: ["postgres"])
            let watch = DatabaseWatch(
                PostgresConnection(PostgresSettings(address: cluster.url)), every: .seconds(10), clock: clock, readiness: readiness, metrics: Metrics(),
                log: Logger(service: "test", level: .error))
            let running = Task { try await watch.run() }
            try await eventually("the first look found it") { readiness.reasons.isEmpty && clock.sleepers == 1 }
            try cluster.stop()
            clock.advance(by: .seconds(10))
            try await eventually("the second look missed it") { readiness.reasons["postgres"] != nil && clock.sleepers == 1 }
            try cluster.start()
            clock.advance(by: .seconds(10))
            try await eventually("the third look found it again") { readiness.reasons.isEmpty && clock.sleepers == 1 }
            running.cancel()
            await #expect(throws: CancellationError.self) { try await running.value }
        }
    }
}
