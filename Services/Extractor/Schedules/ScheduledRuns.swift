import Foundation
import Lifecycle
import Pipelines
import Postgres
import Sources
import Telemetry

/// Runs each pipeline when its schedule says so, one run at a time.
///
/// A run that fails is told and tried again at the pipeline's next time; nothing it missed is lost, since the next run compares anew.
struct ScheduledRuns: Service {
    private let office: Office
    private let pipelines: [(definition: PipelineDefinition, schedule: Schedule)]
    private let readiness: Readiness
    private let runs: MetricFamily<Counter>
    private let rows: MetricFamily<Counter>
    private let requests: MetricFamily<Counter>
    private let now: @Sendable () -> Date
    private let clock: any Clock<Duration>

    /// How soon the database is asked again after it was away.
    private static let pause = Duration.seconds(10)

    init(
        _ office: Office, _ pipelines: [PipelineDefinition], readiness: Readiness, metrics: Metrics, now: @escaping @Sendable () -> Date = { Date() },
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        (self.office, self.readiness, self.now, self.clock) = (office, readiness, now, clock)
        self.pipelines = pipelines.compactMap { pipeline in pipeline.schedule.map { (pipeline, $0) } }
        runs = metrics.counter("rollcall_extractor_runs_total", "Runs, by pipeline and closing word", labels: ["pipeline", "outcome"])
        requests = metrics.counter("rollcall_extractor_source_requests_total", "Requests sent to sources, every try of them", labels: ["pipeline", "part"])
        rows = metrics.counter("rollcall_extractor_rows_read_total", "Rows read from sources", labels: ["pipeline"])
    }

    func run() async throws {
        var started = try await lastStarts()
        office.log.info("Schedules begin", metadata: ["pipelines": pipelines.map(\.definition.name).joined(separator: ", ")])
        while true {
            let due = pipelines.compactMap { pipeline in
                nextRun(pipeline.schedule, lastStarted: started[pipeline.definition.name], now: now()).map { (pipeline.definition, $0) }
            }.min { $0.1 < $1.1 }
            guard let (pipeline, moment) = due else { return try await untilCancelled() }
            try await clock.sleep(for: .seconds(max(0, moment.timeIntervalSince(now()))))
            started[pipeline.name] = now()
            try await run(pipeline)
        }
    }

    private func run(_ pipeline: PipelineDefinition) async throws {
        do {
            let result = try await office.run(pipeline, .full, RunWatch(log: office.log, bar: nil))
            runs(pipeline.name, result.word.rawValue).add()
            rows(pipeline.name).add(result.books.plan.read)
            for part in result.parts { requests(pipeline.name, part.name).add(part.requests) }
            readiness.ready("postgres")
            office.log.info("Run told", metadata: [LogKeys.pipeline: pipeline.name, LogKeys.run: "\(result.run)", "summary": result.summary])
        } catch {
            if Task.isCancelled { throw CancellationError() }
            runs(pipeline.name, ClosingWord.failed.rawValue).add()
            if let error = error as? PostgresError, error.isConnectionLoss { readiness.notReady("postgres", "\(error)") }
            office.log.error("Run failed", metadata: [LogKeys.pipeline: pipeline.name, LogKeys.reason: "\(error)"])
        }
    }

    /// When each pipeline last began, by the books; waits for the database.
    private func lastStarts() async throws -> [String: Date] {
        let database = PostgresConnection(office.settings.database)
        while true {
            do {
                let starts = try await database.perform { session in
                    var starts: [String: Date] = [:]
                    for row in try session.query("SELECT pipeline, extract(epoch FROM max(started_at))::double precision FROM sync_runs GROUP BY 1") {
                        starts[try row.text(0)] = Date(timeIntervalSince1970: try row.double(1))
                    }
                    return starts
                }
                readiness.ready("postgres")
                return starts
            } catch let error as PostgresError where error.isConnectionLoss {
                readiness.notReady("postgres", "\(error)")
                office.log.warning("Database does not answer", metadata: [LogKeys.reason: "\(error)"])
                try await clock.sleep(for: ScheduledRuns.pause)
            }
        }
    }

    /// No pipeline has a schedule: the health endpoint goes on.
    private func untilCancelled() async throws {
        office.log.warning("No pipeline has a schedule; `schedule: { every: 10m }` in its file gives it one")
        while true { try await clock.sleep(for: .seconds(3600)) }
    }
}
