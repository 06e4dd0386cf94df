import Books
import Kafka
import Mapping
import Pipelines
import Records
import Sources

/// Records every row that is not sent, with its reason: the failure record is acknowledged before the plan is written (invariant 2).
struct Refusals: Sendable {
    let work: RunWork
    let outlets: RecordOutlets

    /// Rows told about in one pass, so that a source in which every row is bad does not fill the memory (invariant 11).
    private static let windowRows = 10_000

    func record(_ read: Extraction.Outcome) async throws {
        let total = read.streams.reduce(0) { $0 + $1.plan.rejected + $1.plan.duplicate }
        for start in stride(from: 0, to: total, by: Refusals.windowRows) {
            let entries = try await produce(read, start..<start + Refusals.windowRows)
            try await outlets.producer.flush(within: work.sync.settings.deliveryTimeout)
            for first in stride(from: 0, to: entries.count, by: 500) { try await work.ledger.log(Array(entries[first..<min(first + 500, entries.count)])) }
        }
    }

    private func produce(_ read: Extraction.Outcome, _ window: Range<Int>) async throws -> [ErrorLogEntry] {
        var streams = read.streams, seen = 0, entries: [ErrorLogEntry] = []
        let source = work.sync.source
        try await work.pass(.explained, total: read.rows).run { row, index in
            for stream in streams.indices {
                guard let refusal = streams[stream].refusal(row, index: index, address: { source.address(row: row.number, column: $0) }) else { continue }
                defer { seen += 1 }
                guard window.contains(seen) else { continue }
                let failure = refusal.failure(
                    pipeline: work.pipeline.name, stream: streams[stream].definition.name, run: work.run, sourceKind: source.kind,
                    failedAt: work.extractedAt)
                try outlets.enqueue(failure)
                entries += refusal.entries(failure)
            }
        }
        return entries
    }
}
