import Books
import Foundation
import Kafka
import Pipelines
import Postgres
import Records
import Sources
import Telemetry
import Topics

/// One run of one pipeline, from its lease to its closing word.
struct SyncRun: Sendable {
    let pipeline: PipelineDefinition
    let scope: RunScope
    let settings: ExtractorSettings
    let source: any Source
    let database: PostgresConnection
    let ledger: RunLedger
    let producer: KafkaProducer
    let watch: RunWatch

    /// What a run came to, for whoever asked for it.
    struct Result: Sendable {
        var run: Int64
        var word: ClosingWord
        var summary: String
        var books: RunBooks
        /// The second book, as it stood at close; nil when nothing failed.
        var failures: RunFailures?
        var guardWords: String?
        /// What each part of the source gave; empty for a source in one piece.
        var parts: [PartReport] = []
        var duration: Duration
    }

    /// - Throws: `RunFailed` after the run was closed `failed`; what the database threw if it could not even begin.
    func run() async throws -> Result {
        let (run, lease) = try await begin()
        let keeper = LeaseKeeper(lease, term: settings.leaseTerm, database: settings.database)
        let keeping = Task { await keeper.keep() }
        defer { keeping.cancel() }
        let work = RunWork(sync: self, run: run, lease: lease, keeper: keeper)
        do {
            return try await Logger.adding([LogKeys.run: "\(run)", LogKeys.pipeline: pipeline.name]) { try await work.run() }
        } catch {
            throw try await work.fail(error)
        }
    }

    /// Takes the lease, waiting while another run holds it: at most until that one's lease expires unrenewed.
    private func begin() async throws -> (Int64, Lease) {
        var hasTold = false
        while true {
            switch try await ledger.open(scope) {
            case .opened(let run, let lease): return (run, lease)
            case .held(let holder, let since, let remaining):
                if !hasTold { watch.tell("Another run of \(pipeline.name) is in progress since \(since) by \(holder); waiting for it to end") }
                hasTold = true
                try await Task.sleep(for: min(max(remaining, .milliseconds(20)), .milliseconds(500)))
            }
        }
    }
}

/// Why a run was closed `failed`; the cause's message is for people and holds no values.
struct RunFailed: Error, CustomStringConvertible {
    let run: Int64
    let summary: String
    let cause: any Error
    var description: String { summary }
}
