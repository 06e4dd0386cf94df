import Synchronization

/// A number that only grows.
public final class Counter: Metric {
    private let count = Atomic<Int>(0)

    /// Counts `more` events; from any thread.
    public func add(_ more: Int = 1) { count.add(more, ordering: .relaxed) }
    public var value: Int { count.load(ordering: .relaxed) }
    public var samples: [MetricSample] { [MetricSample(value: Double(value))] }
}

/// A number that rises and falls.
public final class Gauge: Metric {
    private let bits = Atomic<UInt64>(0)

    /// Takes the newest value; from any thread.
    public func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }
    public var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }
    public var samples: [MetricSample] { [MetricSample(value: value)] }
}

/// How many values fell into each bucket, and their sum.
public final class Histogram: Metric {
    private struct State {
        var counts: [Int]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>  // Atomics cannot be held in an array; contended it takes 165 ns.

    init(bounds: [Double]) {
        self.bounds = bounds.sorted()
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    /// Takes one value, in the unit that the name ends in; from any thread.
    public func observe(_ value: Double) {
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    /// Observes a time in seconds, the unit of Prometheus.
    public func observe(_ duration: Duration) { observe(duration / .seconds(1)) }

    public var samples: [MetricSample] {
        let (counts, sum) = state.withLock { ($0.counts, $0.sum) }
        var total = 0
        let buckets = zip(bounds + [.infinity], counts).map { bound, count in
            total += count
            return MetricSample(suffix: "_bucket", label: ("le", exposed(bound)), value: Double(total))
        }
        return buckets + [MetricSample(suffix: "_sum", value: sum), MetricSample(suffix: "_count", value: Double(total))]
    }
}
