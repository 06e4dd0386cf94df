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

    /// What a pass over the source does with its rows.
    enum Phase: String, Sendable { case decided, identified, explained, sent, compared }
}
