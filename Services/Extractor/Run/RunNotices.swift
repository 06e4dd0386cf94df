import Foundation
import Kafka
import Records
import Sources
import Telemetry
import Topics

/// Tells the topics `runs` and `alerts` what becomes of a run. They may be lost: `sync_runs` is the truth.
struct RunNotices: Sendable {
    let outlets: RecordOutlets
    let pipeline: String
    let run: Int64
    let log: Logger

    func running() async throws { try await send(status: "running", summary: "") }

    /// An earlier run that closed unbalanced balances by now: its alert is over.
    func balanced(_ earlier: Int64) async throws {
        await send(alert(.unbalanced, run: earlier, "Run \(earlier) of \(pipeline) balances by now: its late changes were counted.", isResolved: true))
    }

    /// The closing word, and an alert for those that need a person.
    func closed(_ word: ClosingWord, _ summary: String) async {
        do { try await send(status: word.rawValue, summary: summary) } catch {
            log.warning("Closing of the run was not announced", metadata: [LogKeys.reason: "\(error)"])
        }
        if word == .held || word == .unbalanced || word == .failed { await send(alert(word, run: run, summary, isResolved: false)) }
    }

    /// An alert for each part of the source that could not be read, one for its cause and not one a run, and the end of those that can be read again.
    /// - Parameter before: parts that the last run could not read.
    func parts(_ parts: [PartReport], unreadBefore before: [String]) async {
        for part in parts {
            if let failure = part.failure {
                await send(alert(part.name, "Part \(part.name) of \(pipeline) could not be read in run \(run): \(failure)", isResolved: false))
            } else if before.contains(part.name) {
                await send(alert(part.name, "Part \(part.name) of \(pipeline) can be read again, as of run \(run).", isResolved: true))
            }
        }
    }

    private func alert(_ part: String, _ message: String, isResolved: Bool) -> AlertRecord {
        AlertRecord(
            kind: "part_unread", severity: isResolved ? .info : .error, pipeline: pipeline, run: run, message: message,
            fingerprint: "\(pipeline).part_unread.\(part)", raisedAt: Date.now.formatted(.iso8601), isResolved: isResolved)
    }

    private func alert(_ word: ClosingWord, run: Int64, _ message: String, isResolved: Bool) -> AlertRecord {
        let kind = word == .held ? "guard_held" : word == .unbalanced ? "unbalanced" : "run_failed"
        let fingerprint = word == .unbalanced ? "\(pipeline).\(kind).\(run)" : "\(pipeline).\(kind)"
        return AlertRecord(
            kind: kind, severity: isResolved ? .info : .error, pipeline: pipeline, run: run, message: message, fingerprint: fingerprint,
            raisedAt: Date.now.formatted(.iso8601), isResolved: isResolved)
    }

    private func send(status: String, summary: String) async throws {
        let record = RunRecord(run: run, pipeline: pipeline, status: status, summary: summary, at: Date.now.formatted(.iso8601))
        try await outlets.send(record)
    }

    private func send(_ alert: AlertRecord) async {
        do { try await outlets.send(alert) } catch {
            log.warning("Alert was not sent", metadata: [LogKeys.reason: "\(error)", "alert": alert.kind])
        }
    }
}
