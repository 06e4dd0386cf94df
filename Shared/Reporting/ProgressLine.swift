import Text

/// How far a piece of work is, as one line of text; pure, so that it can be tested without a terminal or a clock.
struct ProgressLine: Sendable, Equatable {
    /// What is being done: the pipeline's name, mostly.
    var what: String
    /// One of the things counted: `row`.
    var unit: String
    var done: Int
    /// Nil while nobody knows.
    var total: Int?
    var elapsed: Duration

    /// Things per second since the start; nil before there is anything to divide by.
    var rate: Double? {
        let seconds = elapsed / .seconds(1)
        return seconds > 0 && done > 0 ? Double(done) / seconds : nil
    }

    /// At the present rate; nil when total or rate are unknown, or when it is done.
    var left: Duration? {
        guard let total, let rate, total > done else { return nil }
        return .seconds((Double(total - done) / rate).rounded(.up))
    }

    /// `buyers: 1,204 of 4,137 rows, 29 %, 812 rows/s, 4 s left`
    var sentence: String { ([amount] + facts).joined(separator: ", ") }

    /// The same with a bar that fills what `columns` leave: `buyers  [#####-------]  29 %  …`
    func bar(columns: Int) -> String {
        let text = ([amount] + facts).joined(separator: "  ")
        let space = min(columns - displayWidth(text) - 4, 40)
        guard let total, total > 0, space >= 8 else { return clipped(text, toColumns: columns) }
        // ASCII on purpose: terminals set to Japanese draw the block letters two columns wide.
        let filled = min(space, space * min(done, total) / total)
        return text + "  [" + String(repeating: "#", count: filled) + String(repeating: "-", count: space - filled) + "]"
    }

    private var amount: String {
        guard let total, total > 0 else { return "\(what): \(count(done, unit))" }
        return "\(what): \(grouped(done)) of \(count(total, unit))"
    }

    private var facts: [String] {
        var facts: [String] = []
        if let total, total > 0 { facts.append("\(min(done, total) * 100 / total) %") }
        if let rate { facts.append("\(count(Int(rate.rounded()), unit))/s") }
        if let left { facts.append("\(inWords(left)) left") }
        return facts
    }
}
