import Synchronization

/// One line of a metric: what follows the name, one more label, the value.
public struct MetricSample: Sendable, Equatable {
    public var suffix = ""
    public var label: (name: String, value: String)?
    public var value: Double

    public static func == (a: MetricSample, b: MetricSample) -> Bool {
        a.suffix == b.suffix && a.label?.name == b.label?.name && a.label?.value == b.label?.value && a.value == b.value
    }
}

/// A counter, a gauge or a histogram.
public protocol Metric: AnyObject, Sendable {
    var samples: [MetricSample] { get }
}

/// A metric with one value per combination of label values. Labels hold names and words, never keys or values of rows (Invariant 10).
public final class MetricFamily<Value: Metric>: ExposedFamily {
    let name: String
    private let help: String, type: String, labels: [String]
    private let make: @Sendable () -> Value
    private let children = Mutex<[[String]: Value]>([:])

    init(_ name: String, _ help: String, _ type: String, _ labels: [String], make: @escaping @Sendable () -> Value) {
        (self.name, self.help, self.type, self.labels, self.make) = (name, help, type, labels, make)
        if labels.isEmpty { _ = self() }  // A metric without labels is there, at 0, from the start.
    }

    /// The metric for these label values, in the order of `labels`; keep it where it is counted often.
    public func callAsFunction(_ values: String...) -> Value {
        precondition(values.count == labels.count, "\(name) has the labels \(labels)")
        return children.withLock { children in
            if let child = children[values] { return child }
            let child = make()
            children[values] = child
            return child
        }
    }

    func exposition() -> String {
        var text = "# HELP \(name) \(escaped(help, quote: false))\n# TYPE \(name) \(type)\n"
        for (values, child) in children.withLock({ $0 }).sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            for sample in child.samples { text += line(sample, values) }
        }
        return text
    }

    private func line(_ sample: MetricSample, _ values: [String]) -> String {
        let pairs = zip(labels, values).map { (name: $0, value: $1) } + (sample.label.map { [$0] } ?? [])
        let braces = pairs.map { "\($0.name)=\"\(escaped($0.value, quote: true))\"" }.joined(separator: ",")
        return "\(name)\(sample.suffix)\(pairs.isEmpty ? "" : "{\(braces)}") \(exposed(sample.value))\n"
    }
}

/// Scalar by scalar: "\r\n" is one Character, and its line end would slip through a search for "\n".
private func escaped(_ text: String, quote: Bool) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\\": result.append(contentsOf: "\\\\".unicodeScalars)
        case "\n": result.append(contentsOf: "\\n".unicodeScalars)
        case "\"" where quote: result.append(contentsOf: "\\\"".unicodeScalars)
        default: result.append(scalar)
        }
    }
    return String(result)
}

/// Prometheus writes infinities its own way, and whole numbers read better without a point.
func exposed(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
    return Int(exactly: value).map(String.init) ?? "\(value)"
}
