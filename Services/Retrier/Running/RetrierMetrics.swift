import Telemetry

/// What the retrier counts for `/metrics`.
struct RetrierMetrics: Sendable {
    private let failures: MetricFamily<Counter>
    private let entries: MetricFamily<Counter>

    init(_ metrics: Metrics) {
        failures = metrics.counter("rollcall_retrier_failures_total", "Failure records read, by what became of them", labels: ["outcome"])
        entries = metrics.counter("rollcall_retrier_entries_total", "Waiting entries, by what became of them", labels: ["outcome"])
    }

    func tookIn(_ result: IntakeTransaction.Result) {
        for (word, count) in [
            ("queued", result.queued), ("not_queued", result.notQueued), ("phantom", result.phantoms), ("unusable", result.unusable),
        ] where count > 0 { failures(word).add(count) }
    }

    func walked(_ result: RetryCycle.Result) {
        for (word, count) in [
            ("recovered", result.swept.recovered), ("superseded", result.swept.superseded), ("released", result.swept.released),
            ("given_back", result.swept.undecided), ("sent", result.sent), ("told", result.told),
        ] where count > 0 { entries(word).add(count) }
    }
}
