import Records
import Telemetry

/// What the loader counts for `/metrics`.
struct LoaderMetrics: Sendable {
    private let outcomes: MetricFamily<Counter>
    private let batches: MetricFamily<Counter>
    private let failures: MetricFamily<Counter>

    init(_ metrics: Metrics) {
        outcomes = metrics.counter(
            "rollcall_loader_changes_total", "Changes by how they ended, first attempts only", labels: ["pipeline", "stream", "outcome"])
        batches = metrics.counter("rollcall_loader_batches_total", "Batches committed, by the path they took", labels: ["pipeline", "path"])
        failures = metrics.counter("rollcall_loader_aborts_total", "Transactions given up, by SQLSTATE", labels: ["pipeline", "code"])
    }

    func committed(_ applied: AppliedBatch, pipeline: String, path: String) {
        batches(pipeline, path).add()
        for tallies in applied.tallies.values {
            for (word, count) in [
                ("inserted", tallies.inserted), ("updated", tallies.updated), ("unchanged_at_target", tallies.unchangedAtTarget),
                ("kept_local", tallies.keptLocal), ("superseded", tallies.superseded), ("deleted", tallies.deleted), ("failed", tallies.failed),
            ] where count > 0 { outcomes(pipeline, applied.stream, word).add(Int(count)) }
        }
    }

    func gaveUp(code: String, pipeline: String) { failures(pipeline, code).add() }
}
