import Telemetry
import Testing

struct MetricsTests {
    @Test func `the exposition is what Prometheus reads`() {
        let metrics = Metrics()
        let changes = metrics.counter("rollcall_changes_total", "Changes by outcome.\nSecond \\ \"line\"", labels: ["pipeline", "outcome"])
        changes("b", "ü").add()
        changes("a\"b\\c\r\nd", "x").add(3)
        changes("b", "ü").add()
        metrics.gauge("rollcall_lag_seconds", "How far behind.")().set(1.5)
        let seconds = metrics.histogram("rollcall_batch_seconds", "How long.", labels: ["pipeline"], bounds: [1, 0.1])("buyers")
        for value in [0.1, 0.5, 7] { seconds.observe(value) }
        seconds.observe(.milliseconds(400))
        #expect(
            metrics.exposition()
                == #"""
                # HELP rollcall_changes_total Changes by outcome.\nSecond \\ "line"
                # TYPE rollcall_changes_total counter
                rollcall_changes_total{pipeline="a\"b\\c\#r\nd",outcome="x"} 3
                rollcall_changes_total{pipeline="b",outcome="ü"} 2
                # HELP rollcall_lag_seconds How far behind.
                # TYPE rollcall_lag_seconds gauge
                rollcall_lag_seconds 1.5
                # HELP rollcall_batch_seconds How long.
                # TYPE rollcall_batch_seconds histogram
                rollcall_batch_seconds_bucket{pipeline="buyers",le="0.1"} 1
                rollcall_batch_seconds_bucket{pipeline="buyers",le="1"} 3
                rollcall_batch_seconds_bucket{pipeline="buyers",le="+Inf"} 4
                rollcall_batch_seconds_sum{pipeline="buyers"} 8.0
                rollcall_batch_seconds_count{pipeline="buyers"} 4

                """#.replacing("8.0", with: "8"))
    }

    @Test func `a metric without labels is there from the start`() {
        let metrics = Metrics()
        _ = metrics.counter("rollcall_starts_total", "Starts.")
        #expect(metrics.exposition().hasSuffix("\nrollcall_starts_total 0\n"))
    }

    @Test(arguments: [(Double.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (1e300, "1e+300"), (-3, "-3")])
    func `a number is written as Prometheus wants it`(value: Double, text: String) {
        let metrics = Metrics()
        metrics.gauge("rollcall_x", "X.")().set(value)
        #expect(metrics.exposition().hasSuffix("\nrollcall_x \(text)\n"))
    }

    @Test func `counts from many tasks are all there`() async {
        let counter = Metrics().counter("rollcall_x_total", "X.")()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { for _ in 0..<1000 { counter.add() } } }
        }
        #expect(counter.value == 8000)
    }
}
