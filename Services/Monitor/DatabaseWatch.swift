import Lifecycle
import Postgres
import Telemetry

/// Looks every few seconds whether the database answers, and tells readiness and metrics.
struct DatabaseWatch: Service {
    private let database: PostgresConnection
    private let interval: Duration
    private let clock: any Clock<Duration>
    private let readiness: Readiness
    private let looks: MetricFamily<Counter>
    private let log: Logger

    init(
        _ database: PostgresConnection, every interval: Duration, clock: any Clock<Duration> = ContinuousClock(), readiness: Readiness, metrics: Metrics,
        log: Logger
    ) {
        (self.database, self.interval, self.clock, self.readiness, self.log) = (database, interval, clock, readiness, log)
        looks = metrics.counter("rollcall_monitor_database_looks_total", "Looks at the database, by whether it answered", labels: ["answered"])
    }

    func run() async throws {
        var wasAway = true
        while true {
            do {
                _ = try await database.perform { session in try session.query("SELECT 1").count }
                readiness.ready("postgres")
                looks("true").add()
                if wasAway { log.info("Database answers") }
                wasAway = false
            } catch let error as PostgresError {
                readiness.notReady("postgres", error.description)
                looks("false").add()
                if !wasAway { log.warning("Database does not answer", metadata: [LogKeys.errorCode: error.code, LogKeys.reason: error.description]) }
                wasAway = true
            }
            try await clock.sleep(for: interval)
        }
    }
}
