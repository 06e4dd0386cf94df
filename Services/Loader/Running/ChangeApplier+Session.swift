import Failures
import Foundation
import Kafka
import Pipelines
import Postgres
import Records
import Telemetry

/// The batch is done again, from the queue, as what was noted of its failure says.
struct Redo: Error {}

/// What keeps batches from committing.
struct Trouble: Equatable {
    /// Equal for one cause: what its alert is known by.
    var kind: String
    var failures: Int
}

/// The session, what its answers mean, and how the applier comes back from trouble (invariants 1 and 8).
extension ChangeApplier {
    func openSession() throws {
        let session = try PostgresSession.connect(settings.database) { Task.isCancelled }
        // A date becomes a timestamptz at midnight of the zone in which the source means it.
        try session.query("SELECT set_config('TimeZone', $1, false)", [.text(pipeline.source.timeZone)])
        prepared.removeAll()
        try prepared.prepareFixed(in: session)
        try session.enterPipelineMode()
        self.session = session
    }

    /// The target of a stream, read when a batch first needs it.
    func target(_ stream: Int, _ session: PostgresSession) throws -> (target: StreamTarget, statements: TargetStatements) {
        if let known = targets[stream] { return known }
        while !sent.isEmpty { try readAnswers() }
        try session.exitPipelineMode()
        let target: StreamTarget
        do {
            target = try session.transaction { try StreamTarget.load(pipeline.streams[stream], pipeline: pipeline.name, in: session) }
        } catch {
            if session.isOpen { try session.enterPipelineMode() }
            throw error
        }
        try session.enterPipelineMode()
        let loaded = (target: target, statements: try TargetStatements(target))
        targets[stream] = loaded
        return loaded
    }

    /// Reads what came back for the oldest batch, waiting for it. If it failed, all that was sent is read, and what failed goes back.
    func readAnswers() throws {
        var failed: [SentBatch] = []
        repeat {
            let batch = try readOldest()
            if batch.failure == nil { committed(AppliedBatch(batch), path: "fast") } else { failed.append(batch) }
        } while !failed.isEmpty && !sent.isEmpty
        guard !failed.isEmpty else { return }
        // Behind a failed batch, those of its partition started where it would have ended: their compare-and-set has raised too (invariant 1).
        var firsts: [SentBatch] = []
        for (partition, batches) in Dictionary(grouping: failed, by: \.range.partition) {
            queues[partition]?.putBack(batches.flatMap(\.records), from: batches[0].range.from)
            firsts.append(batches[0])
        }
        for batch in firsts { if let error = batch.failure { try note(error, of: batch.range, rows: batch.records.count, wasDeciding: false) } }
    }

    private func readOldest() throws -> SentBatch {
        guard let session, !sent.isEmpty else { throw PostgresError(kind: .unexpectedAnswer, problem: "no batch is under way") }
        while let answer = try session.nextAnswer() {
            switch answer {
            case .synced: return sent.removeFirst()
            case .failed(let error):
                // The Sync itself was refused: libpq does not count that as an answer of its own, so the session is of no more use.
                guard sent[0].answersRead < sent[0].statements else {
                    throw PostgresError(kind: .connectionLost, sqlState: error.sqlState, problem: "a batch failed at its very end")
                }
                sent[0].failure = sent[0].failure ?? error
            case .skipped: break
            case .done(let rows):
                if sent[0].countingAnswers.contains(sent[0].answersRead) {
                    let row = try rows.only()
                    sent[0].tallies.inserted += try row.integer(0)
                    sent[0].tallies.updated += try row.integer(1)
                }
            }
            sent[0].answersRead += 1
        }
        throw PostgresError(kind: .unexpectedAnswer, problem: "PostgreSQL answered fewer statements than were sent")
    }

    /// Draws the conclusions from a transaction that was given up; the batch is back in its queue.
    /// - Throws: what only waiting cures.
    func note(_ error: PostgresError, of range: BatchRange, rows: Int, wasDeciding: Bool) throws {
        metrics.gaveUp(code: error.code, pipeline: pipeline.name)
        log.debug("Batch given up", metadata: [LogKeys.errorCode: error.code, LogKeys.partition: "\(range.partition)", LogKeys.offset: "\(range.from)"])
        if error.isConnectionLoss { throw error }
        switch FailureMeaning(sqlState: error.sqlState) {
        case .raised(.offsetsMoved):
            log.warning("Another loader was here; going on where it is", metadata: [LogKeys.partition: "\(range.partition)", LogKeys.offset: "\(range.from)"])
            rewind()
        case .raised(.definitionChanged), .stalePlan:
            guard let session else { return }
            targets = [:]
            try session.exitPipelineMode()
            try session.query("DEALLOCATE ALL")
            prepared.removeAll()
            try prepared.prepareFixed(in: session)
            try session.enterPipelineMode()
            queues[range.partition]?.decidesNext = 1
        case .raised: queues[range.partition]?.decidesNext = 8
        case .row where !wasDeciding: queues[range.partition]?.decidesNext = 1
        case .row, .outage, .tooSlow, .schema:
            if error.sqlState == "55P03" { try endFrozenLoaders() }
            if suspicions.aborted(range.partition, at: range.from, code: error.code, rows: rows) { trouble?.failures = 0 }
            throw error
        }
    }

    /// Another session has kept us from our own partition for as long as `lock_timeout` allows.
    private func endFrozenLoaders() throws {
        guard let session else { return }
        try session.exitPipelineMode()
        let ended = try FrozenLoaders.end(waitingFor: Int(settings.database.lockTimeout.components.seconds), by: session)
        try session.enterPipelineMode()
        if ended > 0 {
            log.warning(
                "Ended loaders that stood still inside a transaction",
                metadata: [LogKeys.reason: "\(ended) of them waited for their client; their batches are rolled back"])
        }
    }

    /// Gives up all that is in hand and asks the books where to go on.
    func rewind() {
        queues = [:]
        (staleEpoch, epoch) = (epoch ?? staleEpoch, nil)
        consumer.restart()
    }

    func loseSession() {
        session = nil
        sent = []
        targets = [:]
        rewind()
    }

    /// Waits out what no row is to blame for (invariant 8): nothing is spent, offsets stay, polling goes on.
    /// - Throws: what waiting does not cure.
    func recover(from error: any Error) async throws {
        if error is Redo { return }
        if error is OldPlan {
            log.info("Opening a new session: a row may be refused for what this one remembers of its table", metadata: [LogKeys.errorCode: "42804"])
            return loseSession()
        }
        if let error = error as? KafkaError, error.isRetriable { return try await waitOut(.brokersAway(error, pipeline: pipeline.name)) }
        guard let error = error as? PostgresError, error.kind != .badSettings, error.kind != .badIdentifier else { throw error }
        // What is wrong with a session's state (25, XX) may end with the session, or be answered by another server.
        let isOfSession = ["25", "XX"].contains { error.sqlState?.hasPrefix($0) == true }
        if session?.isOpen != true || error.kind == .unexpectedAnswer || error.isConnectionLoss || isOfSession { loseSession() }
        let isSchema = FailureMeaning(sqlState: error.sqlState) == .schema && !error.isConnectionLoss
        if isSchema { targets = [:] }
        try await waitOut(isSchema ? .schema(error, pipeline: pipeline.name) : .outage(error, pipeline: pipeline.name))
    }

    private func waitOut(_ alert: AlertRecord) async throws {
        let isNew = trouble?.kind != alert.fingerprint
        let failures = isNew ? 1 : (trouble?.failures ?? 0) + 1
        trouble = Trouble(kind: alert.fingerprint, failures: failures)
        commitsSinceTrouble = false
        readiness.notReady("postgres", alert.message)
        if isNew { announcer.alert(alert) }
        consumer.pause()
        defer { consumer.resume() }
        var random = SystemRandomNumberGenerator()
        try await Task.sleep(for: Backoff.reconnecting.delay(afterFailures: failures, using: &random))
    }

    func troubleIsOver() async {
        commitsSinceTrouble = false
        readiness.ready("postgres")
        guard let past = trouble else { return }
        trouble = nil
        announcer.alert(.isOver(past.kind, pipeline: pipeline.name))
    }
}

extension AppliedBatch {
    /// A batch of the fast path that committed.
    init(_ batch: SentBatch) {
        var counts = batch.tallies
        counts.failed = Int64(batch.failed)
        self.init(range: batch.range, stream: batch.stream, tallies: [batch.run: counts], rows: batch.records.count)
    }
}

extension OutcomeRecord {
    init(_ applied: AppliedBatch, pipeline: String) {
        self.init(
            pipeline: pipeline, topic: applied.range.topic, partition: applied.range.partition, generation: applied.range.generation,
            fromOffset: applied.range.from, nextOffset: applied.range.next,
            shares: applied.tallies.sorted { $0.key < $1.key }.map { Share(stream: applied.stream, run: $0.key, tallies: $0.value) },
            retried: applied.retried, appliedAt: Date.now.formatted(.iso8601))
    }
}
