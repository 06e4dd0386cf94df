import Foundation
import Kafka
import Lifecycle
import Pipelines
import Postgres
import Records
import Telemetry
import Topics

/// Applies one pipeline's changes to its tables until it is cancelled.
///
/// It has a thread, a session and a membership of the group of its own, so that pipelines neither wait nor fail together. Everything it knows
/// of its progress it can read again from the database; whatever goes wrong, it gives up what is in hand and goes on from there (invariant 1).
actor ChangeApplier: Service {
    private let thread = DedicatedThread(name: "loader")
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    let pipeline: PipelineDefinition
    let settings: LoaderSettings
    let announcer: Announcer
    let books: PartitionBooks
    let consumer: KafkaConsumer
    let topic: String
    let log: Logger
    let metrics: LoaderMetrics
    let readiness: Readiness

    // What follows is of the present session.
    var session: PostgresSession?
    let prepared = PreparedStatements()
    let fast: FastBatch
    var targets: [Int: (target: StreamTarget, statements: TargetStatements)] = [:]
    var sent: [SentBatch] = []
    /// A batch stands at the server without its Sync, and no answer to it will come: see `acknowledged`.
    private var holdsBackSync = false

    // What follows is of the present assignment.
    var epoch: UInt64?
    /// An assignment that was given up: what still comes of it is dropped.
    var staleEpoch: UInt64?
    var queues: [Int32: PartitionQueue] = [:]
    var lastServed: Int32 = -1
    private var continuity = TopicContinuity()

    var scanner: ChangeScanner
    var scanned = ScannedBatch()
    var cut: BatchCut
    var suspicions = Suspicions()
    /// The batches for which the session was opened anew, by partition and first offset.
    private var renewed: [Int32: Int64] = [:]
    /// What keeps batches from committing, while it does.
    var trouble: Trouble?
    /// Offsets that the group has not been told of.
    private var untold: [KafkaPartition: Int64] = [:]
    private var lastTold = ContinuousClock.now
    private var outcomes = PendingOutcomes()
    private var lastOutcome = ContinuousClock.now
    var commitsSinceTrouble = false

    /// - Throws: `KafkaError` when the settings make no consumer.
    init(_ pipeline: PipelineDefinition, _ settings: LoaderSettings, readiness: Readiness, metrics: LoaderMetrics, log: Logger) throws {
        var log = log
        log.metadata[LogKeys.pipeline] = pipeline.name
        let names = TopicNames(prefix: settings.topicPrefix, pipeline: pipeline.name)
        let announcer = try Announcer(pipeline: pipeline.name, names: names, partitions: settings.topicPartitions, settings: settings.kafka, log: log)
        let books = PartitionBooks(
            pipeline: pipeline.name, database: PostgresConnection(settings.database), reader: try KafkaReader(settings.kafka), announcer: announcer, log: log)
        var tuning = KafkaConsumerTuning()
        tuning.sessionTimeout = settings.groupSessionTimeout
        (tuning.queueBytesMax, tuning.handoffBytesMax) = (8 << 20, 2 << 20)  // A hundredth of a second's work; more is only memory.
        let notices = log
        consumer = try KafkaConsumer(
            settings.kafka, group: "\(settings.topicPrefix).\(pipeline.name).loader", topics: [names.changes], owner: books, tuning: tuning
        ) {
            notices.warning("Kafka", metadata: [LogKeys.reason: $0.description])
        }
        (self.pipeline, self.settings, self.announcer, self.books, self.log) = (pipeline, settings, announcer, books, log)
        (self.metrics, self.readiness, topic) = (metrics, readiness, names.changes)
        fast = FastBatch(pipeline: pipeline.name, prepared: prepared)
        scanner = ChangeScanner(pipeline: pipeline.name, layouts: pipeline.streams.map { StreamLayout($0) })
        cut = BatchCut(rowsMax: settings.batchRowsMax)
    }

    func run() async throws {
        books.whenRevoked { [weak self] in await self?.letGo() }
        let opening = Task { [announcer] in await announcer.open() }
        defer { opening.cancel() }
        do {
            while !Task.isCancelled {
                do { try await step() } catch { try await recover(from: error) }
                if commitsSinceTrouble { await troubleIsOver() }
            }
        } catch is CancellationError {
            log.info("Asked to stop")
        } catch {
            await finish()  // Who leaves the group hands its partitions on at once.
            throw error
        }
        await finish()
    }

    /// SIGTERM: what was sent is answered, what was not is read again by whoever comes next.
    private func finish() async {
        do { while !sent.isEmpty { try readAnswers() } } catch { log.info("Stopped while PostgreSQL was away", metadata: [LogKeys.reason: "\(error)"]) }
        tellGroup(atMostEvery: .zero)
        tellOutcomes(atMostEvery: .zero)
        await consumer.close()
        await announcer.close()
    }

    /// Partitions go to another loader: nothing that was not sent will be.
    private func letGo() {
        queues = [:]
        if holdsBackSync { return loseSession() }
        do { while !sent.isEmpty { try readAnswers() } } catch { loseSession() }
    }

    /// The next thing there is to do.
    private func step() async throws {
        if session == nil { try openSession() }
        try await takeRecords()
        if let partition = nextPartition() {
            if sent.count >= settings.batchesInFlightMax { try readAnswers() } else { try await applyNext(of: partition) }
        } else if !sent.isEmpty {
            try readAnswers()
        } else {
            try await waitForRecords()
        }
    }

    // MARK: Records

    private func takeRecords() async throws {
        while queues.values.reduce(0, { $0 + $1.count }) < settings.batchRowsMax * settings.batchesInFlightMax, let batch = try consumer.readyBatch(upTo: 500) {
            try await take(batch)
        }
    }

    private func waitForRecords() async throws {
        tellOutcomes(atMostEvery: .zero)
        let isLingering = queues.values.contains { $0.count > 0 }
        let batch = try await consumer.nextBatch(upTo: 500, within: isLingering ? settings.linger : .seconds(1))
        try await take(batch)
        if isLingering, batch.isEmpty { lingered = true }
        tellGroup(atMostEvery: .seconds(1))
        readiness.ready("kafka")
    }

    /// The linger is over: a batch goes though it is not full.
    var lingered = false

    private func take(_ batch: KafkaBatch) async throws {
        if batch.epoch != epoch, batch.epoch != staleEpoch, let positions = books.positions(of: batch.epoch) { try begin(batch.epoch, positions) }
        guard batch.epoch == epoch else { return }
        guard try await isOfOneTopic(batch) else { return rewind() }
        guard batch.epoch == epoch else { return }  // Another assignment came while the broker was asked.
        for message in batch {
            queues[message.partition]?.append(RawRecord(offset: message.offset, key: message.key, value: message.value, owner: batch))
        }
    }

    /// Whether the records follow those that were applied: see `TopicContinuity`.
    private func isOfOneTopic(_ batch: KafkaBatch) async throws -> Bool {
        var partitions: [Int32] = []
        for message in batch where partitions.last != message.partition && !partitions.contains(message.partition) { partitions.append(message.partition) }
        for partition in partitions {
            if continuity.isInDoubt(partition, now: .now) {
                do {
                    guard try await books.isUnchanged(KafkaPartition(topic: topic, partition: partition)) else { return false }
                } catch {
                    rewind()  // The records in hand are asked for again.
                    throw error
                }
            }
            continuity.saw(partition, now: .now)
        }
        return true
    }

    private func begin(_ epoch: UInt64, _ positions: [Int32: PartitionPosition]) throws {
        while !sent.isEmpty { try readAnswers() }  // What goes back belongs to the queues of the assignment before.
        self.epoch = epoch
        queues = positions.mapValues { PartitionQueue(at: $0) }
        continuity.begin(positions.keys, now: books.provenAt)
        log.info("Partitions assigned", metadata: [LogKeys.partition: positions.keys.sorted().map { "\($0)" }.joined(separator: ",")])
    }

    /// The partition whose turn it is: round robin over those with a full batch, or with anything while nothing is under way.
    private func nextPartition() -> Int32? {
        let rowsMax = settings.batchRowsMax
        let ready = queues.filter {
            !$0.value.isStopped && ($0.value.count >= rowsMax || ($0.value.count > 0 && sent.isEmpty && (lingered || settings.linger == .zero)))
        }
        let partitions = ready.keys.sorted()
        return partitions.first { $0 > lastServed } ?? partitions.first
    }

    // MARK: Batches

    private func applyNext(of partition: Int32) async throws {
        guard let queue = queues[partition], let session else { return }
        lastServed = partition
        lingered = false
        let rowsMax = settings.batchRowsMax
        let spare = min(rowsMax, queue.failuresLately + queue.failuresLately / 2)
        cut.rowsMax = suspicions.rowsMax(of: partition, at: queue.position.next) ?? (queue.decidesNext == 0 ? rowsMax + spare : rowsMax)
        let records = queue.first(cut.rowsMax)
        switch scanner.cut(records, with: &cut, into: &scanned) {
        case .empty: try await refuse(nil, records, partition, queue, session)
        case .unusable(.newerFormat(let error)): await stop(partition, at: queue.position.next, error)
        case .unusable(let problem): try await refuse(problem, records, partition, queue, session)
        case .changes(let count):
            let records = Array(records.prefix(count))
            let stream = scanned.changes[0].stream
            let (target, statements) = try target(stream, session)
            guard queues[partition]?.position == queue.position else { return }  // Reading the table drained the pipeline, and a batch went back.
            let isSuspect = suspicions.rowsMax(of: partition, at: queue.position.next) != nil
            let maySend = queue.decidesNext == 0 && !cut.repeatsKey && !isSuspect
            if maySend, let plan = target.fastPlan(scanned, rowsMax: rowsMax) {
                scanned.keepFirst(plan.count)
                try await send(plan, Array(records.prefix(plan.count)), partition, queue.position, target, statements, session)
            } else {
                scanned.keepFirst(min(count, rowsMax))
                try await decide(Array(records.prefix(rowsMax)), partition, target)
            }
        }
    }

    private func range(_ records: [RawRecord], _ partition: Int32, _ position: PartitionPosition, lastID: String) -> BatchRange {
        BatchRange(
            topic: topic, partition: partition, generation: position.generation, from: position.next, next: records[records.count - 1].offset + 1,
            lastID: lastID)
    }

    private func send(
        _ plan: FastPlan, _ records: [RawRecord], _ partition: Int32, _ position: PartitionPosition, _ target: StreamTarget, _ statements: TargetStatements,
        _ session: PostgresSession
    ) async throws {
        let last = scanned.changes[records.count - 1]
        let range = range(records, partition, position, lastID: target.layout.id(of: scanned.key(last), last.sequence))
        var failures: [(change: ScannedChange, report: FailureReport)] = []
        for (index, problem) in plan.failures {
            let change = try ChangeRecord(parsing: Array(records[index].value ?? UnsafeRawBufferPointer(start: nil, count: 0)))
            let report = FailureReport(problem, of: change, table: target.definition.table, at: records[index].offset, in: range, now: .now)
            failures.append((scanned.changes[index], report))
        }
        let missing = fast.missing(plan, target, statements)
        if !missing.isEmpty {
            while !sent.isEmpty { try readAnswers() }
            guard queues[partition]?.position == position else { return }  // An answer put a batch back, and this one behind it.
            try session.exitPipelineMode()
            for (name, sql) in missing { try prepared.prepare(name, sql, in: session) }
            try session.enterPipelineMode()
        }
        let batch = try fast.send(
            &scanned, rows: plan.rows, failures: failures, target, range: range, records: records, rowsMax: statements.rowsMax, in: session)
        guard try await acknowledged(failures.map(\.report.record), session) else { return }
        sent.append(batch)
        queues[partition]?.drop(records.count, next: range.next)
        queues[partition]?.failuresLately = failures.count
        if settings.pauseBeforeCommit > .zero { try pauseForTests(session) }
        try session.sendSync()
    }

    /// Invariant 2: waits until the broker has the failures of a batch whose Sync was not sent yet; PostgreSQL works on the rows meanwhile.
    /// - Returns: false when the session was given up while the broker was awaited, and the batch with it.
    private func acknowledged(_ failures: [FailureRecord], _ session: PostgresSession) async throws -> Bool {
        guard !failures.isEmpty else { return true }
        holdsBackSync = true
        defer { holdsBackSync = false }
        do {
            try session.flushOutgoing()
            try await announcer.report(failures)
        } catch {
            loseSession()  // Nothing else ends a batch that must not commit.
            throw error
        }
        return self.session === session
    }

    /// Leaves the batch under way at the server, uncommitted, for as long as a test asks; a stop that comes meanwhile still commits it.
    ///
    /// It blocks this thread, so that nothing else of the applier comes between the batch and its Sync.
    private func pauseForTests(_ session: PostgresSession) throws(PostgresError) {
        try session.flushOutgoing()
        Thread.sleep(forTimeInterval: settings.pauseBeforeCommit / .seconds(1))
    }

    private func decide(_ records: [RawRecord], _ partition: Int32, _ target: StreamTarget) async throws {
        guard let session, let position = queues[partition]?.position else { return }
        if !sent.isEmpty {
            while !sent.isEmpty { try readAnswers() }
            return  // The next step cuts the batch anew: an answer may have put others before it.
        }
        let rows = scanned.changes.indices.map { scanned.row($0, columns: target.columns.count) }
        let last = scanned.changes[records.count - 1]
        let range = range(records, partition, position, lastID: target.layout.id(of: scanned.key(last), last.sequence))
        var decider = DecidingBatch(
            pipeline: pipeline.name, session: session, prepared: prepared, sink: announcer, pauseBeforeCommit: settings.pauseBeforeCommit)
        let accusation = suspicions.accused(partition, at: position.next)
        let neighbours = accusation == nil ? [] : neighbours(of: partition, stream: scanned.changes[0].stream, target)
        decider.isOfNewSession = renewed[partition] == position.next
        let applied = try await inTransactions(session, of: range, rows: rows.count) {
            // Invariant 8: a row that alone aborts, while its neighbours would commit, fails.
            if let accusation, !neighbours.isEmpty, try decider.wouldLand(neighbours, target), try !decider.landsByNow(rows, target) {
                decider.condemned = .aborts(accusation)
            }
            return try await decider.apply(rows, from: records, target, range: range)
        }
        committed(applied, path: "deciding")
        guard queues[partition]?.position == position else { return }
        queues[partition]?.drop(records.count, next: range.next)
        if let more = queues[partition]?.decidesNext, more > 0 { queues[partition]?.decidesNext = more - 1 }
    }

    /// The changes behind the oldest one, for a trial.
    private func neighbours(of partition: Int32, stream: Int, _ target: StreamTarget) -> [ChangeRow] {
        guard let queue = queues[partition] else { return [] }
        var batch = ScannedBatch()
        var cut = BatchCut(rowsMax: 10)
        guard case .changes = scanner.cut(queue.first(11).dropFirst(), with: &cut, into: &batch) else { return [] }
        return batch.changes.indices.filter { batch.changes[$0].stream == stream }.map { batch.row($0, columns: target.columns.count) }
    }

    /// Runs what speaks to PostgreSQL one statement at a time, and notes what its failure tells.
    private func inTransactions<Value: Sendable>(_ session: PostgresSession, of range: BatchRange, rows: Int, _ work: () async throws -> Value) async throws
        -> Value
    {
        try session.exitPipelineMode()
        do {
            let value = try await work()
            try session.enterPipelineMode()
            return value
        } catch {
            if session.isOpen { try session.enterPipelineMode() }
            if error is OldPlan { renewed[range.partition] = range.from }
            guard let error = error as? PostgresError else { throw error }
            try note(error, of: range, rows: rows, wasDeciding: true)
            throw Redo()
        }
    }

    /// A record that cannot be applied at all goes alone.
    private func refuse(
        _ problem: RecordProblem?, _ records: ArraySlice<RawRecord>, _ partition: Int32, _ queue: PartitionQueue, _ session: PostgresSession
    ) async throws {
        if !sent.isEmpty {
            while !sent.isEmpty { try readAnswers() }
            return
        }
        guard let record = records.first else { return }
        let range = range([record], partition, queue.position, lastID: recordIdentity(record.value.map { Array($0) }))
        let unusable = UnusableRecord(pipeline: pipeline.name, session: session, sink: announcer)
        committed(try await inTransactions(session, of: range, rows: 1) { try await unusable.refuse(record, problem, in: range) }, path: "unusable")
        queues[partition]?.drop(1, next: range.next)
    }

    private func stop(_ partition: Int32, at offset: Int64, _ error: RecordError) async {
        queues[partition]?.stop()
        readiness.notReady("partition-\(partition)", error.description)
        announcer.alert(
            .newerFormat(KafkaPartition(topic: topic, partition: partition), pipeline: pipeline.name, offset: offset, problem: error.description))
    }

    /// Kafka's own offsets follow those of the database, for lag tools only.
    private func tellGroup(atMostEvery interval: Duration) {
        guard !untold.isEmpty, ContinuousClock.now - lastTold >= interval else { return }
        consumer.commit(untold)
        (untold, lastTold) = ([:], .now)
    }

    private func tellOutcomes(atMostEvery interval: Duration) {
        guard !outcomes.isEmpty, ContinuousClock.now - lastOutcome >= interval else { return }
        for applied in outcomes.take() { announcer.outcome(OutcomeRecord(applied, pipeline: pipeline.name)) }
        lastOutcome = .now
    }

    func committed(_ applied: AppliedBatch, path: String) {
        metrics.committed(applied, pipeline: pipeline.name, path: path)
        suspicions.committed(applied.range.partition, next: applied.range.next)
        renewed[applied.range.partition] = nil
        untold[KafkaPartition(topic: topic, partition: applied.range.partition)] = applied.range.next
        tellGroup(atMostEvery: .seconds(1))
        outcomes.add(applied)
        tellOutcomes(atMostEvery: .milliseconds(50))
        commitsSinceTrouble = true
    }
}
