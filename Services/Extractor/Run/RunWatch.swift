import Foundation
import Reporting
import Telemetry

/// What people see of a run while it works: a bar or lines, and a log line for each batch of rows (B21).
struct RunWatch: Sendable {
    let log: Logger
    /// Nil when nobody wants to see it.
    let bar: ProgressBar<ContinuousClock>?

    /// A sentence for whoever waits at the terminal, or in the log.
    func tell(_ sentence: String) {
        if let bar { bar.note(sentence) } else { log.info(sentence) }
    }

    func batch(rows: Int, of total: Int?, phase: Phase) {
        log.debug("Batch of rows \(phase.rawValue)", metadata: ["rows": "\(rows)"])
        bar?.update(done: rows, total: total)
    }

    /// How many of the changes sent have been settled by the database.
    func settled(_ changes: Int, of total: Int) { bar?.update(done: changes, total: total) }

    /// How long the run took and how fast it was (B22).
    func closed(_ word: ClosingWord, rows: Int, duration: Duration) {
        let rate = Double(rows) / max(duration / .seconds(1), 0.001)
        log.info(
            "Run closed",
            metadata: [
                LogKeys.outcome: word.rawValue, LogKeys.rows: "\(rows)", "rows_per_second": "\(Int(rate.rounded()))",
                LogKeys.durationMilliseconds: "\(Int((duration / .milliseconds(1)).rounded()))",
            ])
    }

    /// What a pass over the source does with its rows.
    enum Phase: String, Sendable { case decided, identified, explained, sent, compared }
}
