import Books
import Foundation
import Kafka
import Lifecycle
import Pipelines
import Postgres
import Records
import Reporting
import Schema
import Sources
import Telemetry
import Topics

/// A run that has its lease, its number and its fence: reads, decides, sends, waits for the books, closes.
struct RunWork: Sendable {
    let sync: SyncRun
    let run: Int64
    let lease: Lease
    let keeper: LeaseKeeper
    let startedAt = ContinuousClock.now
    /// When the run read its source, as its records say.
    let extractedAt = Date.now.formatted(.iso8601)

    var pipeline: PipelineDefinition { sync.pipeline }
    var ledger: RunLedger { sync.ledger }
    var log: Logger { sync.watch.log }

    func run() async throws -> SyncRun.Result {
        let outlets = try await RecordOutlets(sync.producer, settings: sync.settings, pipeline: pipeline.name)
        let notices = RunNotices(outlets: outlets, pipeline: pipeline.name, run: run, log: log)
        async let told: Void = notices.running()  // The brokers may take their time; the source is read meanwhile.
        for earlier in try await ledger.markBalanced() { try await notices.balanced(earlier) }

        let preflight = try await Preflight(
            pipeline: pipeline, scope: sync.scope, source: sync.source, database: sync.database, migrations: migrations
        ).check()
        let read = try await extraction().read(preflight.mappings, tables: preflight.tables)
        let findings = self.findings(preflight, read)
        for finding in findings where finding.severity == .warn { sync.watch.tell("\(finding)") }
        log.info("Source read", metadata: [LogKeys.rows: "\(read.rows)"])
        try await told

        let decision = try await GuardedPlan(work: self, preflight: preflight, read: read).decide()
        guard case .goes = decision else { return try await hold(decision, read, notices) }

        try await Refusals(work: self, outlets: outlets).record(read)
        try await ledger.write(read.planned, run: run, certificate: read.certificate, inForce: true)
        try await Emission(work: self, outlets: outlets).send(read)
        try await ledger.markEmitted(run)
        let books = try await settledBooks()
        return try await close(books, read, preflight, findings, notices)
    }

    /// Stops the work when it was cancelled or its lease is lost; asked after every hundred rows.
    func checkMayGoOn() throws {
        try Task.checkCancellation()
        try keeper.check()
    }

    func pass(_ phase: RunWatch.Phase, total: Int?) -> SourcePass {
        SourcePass(source: sync.source) { [self] rows in
            try checkMayGoOn()
            sync.watch.batch(rows: rows, of: total, phase: phase)
        }
    }

    func changeLine(_ stream: StreamDefinition) -> ChangeLine {
        ChangeLine(pipeline: pipeline.name, stream: stream.name, run: run, sourceKind: sync.source.kind, extractedAt: extractedAt)
    }

    private var migrations: MigrationFiles { MigrationFiles.load(folder: sync.settings.migrationsPath, pipeline: pipeline.name) }

    /// How the data of this very read fits the tables: a narrow column warns, with its rows and its cure.
    private func findings(_ preflight: Preflight.Outcome, _ read: Extraction.Outcome) -> [SchemaFinding] {
        zip(read.streams, preflight.tables).flatMap { stream, table in
            SchemaCheck.findings(stream.definition, table: table, tallies: stream.fields, migrations: migrations)
        }
    }

    private func extraction() async -> Extraction {
        Extraction(
            pipeline: pipeline, scope: sync.scope, pass: pass(.decided, total: await sync.source.rowsExpected), database: sync.database,
            seed: .random(in: .min ... .max), lineBytesMax: sync.settings.kafka.messageBytesMax, line: { changeLine($0) })
    }

    private func settledBooks() async throws -> RunBooks {
        let wait = BooksWait(patience: sync.settings.patience, clock: ContinuousClock()) {
            try await ledger.books(run)
        } onLook: { books in
            try checkMayGoOn()
            sync.watch.settled(Int(books.tallies.total), of: books.plan.emitted)
        }
        return try await wait()
    }

    private func close(
        _ books: RunBooks, _ read: Extraction.Outcome, _ preflight: Preflight.Outcome, _ findings: [SchemaFinding],
        _ notices: RunNotices
    ) async throws -> SyncRun.Result {
        let parts = read.certificate.parts, repeated = repeatedSentences(parts)
        let word = ClosingWord(books: books, isReadComplete: read.certificate.isComplete, hasOpenFields: !repeated.isEmpty)
        let waiting = try await ledger.waiting().map { waitingSentence($0, cure: findings.cure(for: $0)) }
        let failures = books.tallies.failed > 0 ? try await ledger.failures(run) : nil
        let unread = unreadSentence(parts)
        let reason = word == .partial && unread.isEmpty ? "The source could not be shown to be complete, so nothing was deleted" : unread
        let summary = ClosingSentence(
            pipeline: pipeline.name, run: run, word: word, books: books, waiting: waiting, reason: reason, notes: repeated
        ).text
        let unreadBefore = parts.isEmpty ? [] : try await ledger.partsUnread(before: run)
        let duration = startedAt.duration(to: .now)
        let headers = Dictionary(uniqueKeysWithValues: preflight.headers.map { ($0.key, $0.value.text) })
        try await finishing {
            try await ledger.close(
                run, lease: lease,
                RunClosing(
                    word: word, summary: summary, headers: headers, records: Int(books.tallies.total), seconds: duration / .seconds(1)))
        }
        sync.watch.closed(word, rows: read.rows, duration: duration)
        await notices.closed(word, summary)
        await notices.parts(parts, unreadBefore: unreadBefore)
        return SyncRun.Result(
            run: run, word: word, summary: summary, books: books, failures: failures, guardWords: nil, parts: parts, duration: duration)
    }

    private func hold(_ decision: GuardedPlan.Decision, _ read: Extraction.Outcome, _ notices: RunNotices) async throws -> SyncRun.Result {
        guard case .held(let guards, let planHash, let approval) = decision else { preconditionFailure("only a held plan is held") }
        let words = guards.map(\.word).joined(separator: ",")
        let reason = guards.map(\.sentence).joined(separator: "; ") + (approval.map { "; run \($0) was approved for another plan" } ?? "")
        let books = RunBooks(plan: read.planned.reduce(StreamPlan()) { $0 + $1.plan })
        let summary = ClosingSentence(pipeline: pipeline.name, run: run, word: .held, books: books, reason: reason).text
        try await finishing {
            try await ledger.write(read.planned, run: run, certificate: read.certificate, inForce: false)
            try await ledger.close(run, lease: lease, RunClosing(word: .held, summary: summary, guardWords: words, planHash: planHash))
        }
        await notices.closed(.held, summary)
        return SyncRun.Result(
            run: run, word: .held, summary: summary, books: books, guardWords: words, duration: startedAt.duration(to: .now))
    }
}

extension Extraction.Outcome {
    var planned: [PlannedStream] {
        streams.map { PlannedStream(stream: $0.definition.name, table: $0.definition.table, plan: $0.plan, fields: $0.fields) }
    }
}
