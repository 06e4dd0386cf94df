import Books
import Failures
import Foundation
import Postgres
import Records

/// Settles a record that cannot be applied: it is logged, kept in `failures`, and the partition goes on.
struct UnusableRecord {
    let pipeline: String
    let session: PostgresSession
    let sink: any FailureSink

    /// - Parameter problem: nil for a record without a value.
    func refuse(_ raw: RawRecord, _ problem: RecordProblem?, in range: BatchRange) async throws -> AppliedBatch {
        var applied = AppliedBatch(range: range, stream: "", rows: 1)
        try session.query("BEGIN")
        do {
            try session.query(BookStatements.moveOffset, range.moveParameters)
            let report: FailureReport
            switch problem {
            case .foreign(let change, let code, let message):
                let row = RowProblem(category: .unknown, code: code, message: message)
                report = FailureReport(row, of: change, table: nil, at: raw.offset, in: range, now: .now)
                applied = AppliedBatch(range: range, stream: change.stream, rows: 1)
                try count(change, range, &applied)
            case .damaged(let error), .newerFormat(let error):
                report = FailureReport(damage: error, of: raw, pipeline: pipeline, stream: nil, in: range, now: .now)
            case nil: report = FailureReport(damage: nil, of: raw, pipeline: pipeline, stream: nil, in: range, now: .now)
            }
            try ErrorLog.write([report.line], in: session)
            try await sink.report([report.record])  // Invariant 2.
            try session.commit()
            return applied
        } catch {
            session.abandonTransaction()
            throw error
        }
    }

    /// A change that is understood and cannot be placed is a failed one: it is owed, and its run's books have it.
    private func count(_ change: ChangeRecord, _ range: BatchRange, _ applied: inout AppliedBatch) throws(PostgresError) {
        let key = change.recordKey.text
        if change.pipeline.utf8.elementsEqual(pipeline.utf8), !key.utf8.contains(0) {
            try session.query(BookStatements.oweDecided, [.text(pipeline), .text(change.stream), .texts([key]), .integers([change.sequence.rawValue])])
        }
        guard change.attempt == 1 else { return }
        let parameters: [PostgresValue?] = [.integers([change.run]), .text(change.stream), .integer(Int64(range.partition))]
        let highest = try session.query(BookStatements.highestOrdinals, parameters).first?.integer(1) ?? -1
        guard Int64(change.sequence.ordinal) > highest else { return }
        var counts = Tallies()
        counts.failed = 1
        applied.tallies[change.run] = counts
        try session.tally(counts, run: change.run, stream: change.stream, partition: range.partition, highest: Int64(change.sequence.ordinal))
    }
}
