import Failures
import Foundation
import Kafka
import Lifecycle
import Pipelines
import Postgres
import Records
import Synchronization
import Telemetry
import Topics

/// One walk over the queue: end what is settled, release what is cured, send what is due, tell what is to be told.
///
/// Several retriers may walk at once: what they do rests on the database alone.
final class RetryCycle: Sendable {
    /// What one cycle did.
    struct Result: Sendable, Equatable {
        var swept = QueueSweep.Result()
        var sent = 0
        var told = 0
        /// As much was sent as one cycle may: there is more.
        var isFull = false
        var isIdle: Bool { swept.isIdle && sent == 0 && told == 0 }
    }

    private static let atOnceMax = 100
    /// How often the whole queue and every owed row are looked at: what ended by a run's doing, and causes of which nothing is left.
    private static let wholeQueueEvery = Duration.seconds(5)

    private let settings: RetrierSettings
    private let pipelines: [PipelineDefinition]
    private let database: PostgresConnection
    private let producer: KafkaProducer
    private let log: Logger
    private let turn = TellingTurn()
    private let toldStuck = Mutex<Set<String>>([])
    private let lastLook = Mutex(ContinuousClock.now - .seconds(60))

    /// - Throws: `KafkaError` when the settings make no producer.
    init(_ pipelines: [PipelineDefinition], _ settings: RetrierSettings, log: Logger) throws {
        (self.pipelines, self.settings, self.log) = (pipelines, settings, log)
        database = PostgresConnection(settings.database)
        var kafka = settings.kafka
        kafka.properties.merge(["queue.buffering.max.messages": "1000"]) { given, _ in given }
        producer = try KafkaProducer(kafka, queueBytesMax: 4 << 20) { notice in log.warning("Kafka", metadata: [LogKeys.reason: notice.description]) }
    }

    /// - Throws: `PostgresError`, `KafkaError`: nothing is spent then, and the next cycle goes on.
    func run() async throws -> Result {
        var result = Result()
        result.swept = try await sweep()
        // A second's worth at once, so that a high rate is not held up by the walk around it.
        let limit = max(RetryCycle.atOnceMax, min(settings.ratePerSecond, 1_000))
        result.sent = try await send(upTo: limit)
        result.isFull = result.sent == limit
        result.told = try await tell()
        return result
    }

    func close() async {
        do { try await producer.flush(within: .seconds(5)) } catch { log.warning("Some records were not sent", metadata: [LogKeys.reason: "\(error)"]) }
    }

    private func sweep() async throws -> QueueSweep.Result {
        let looksAtAll = lastLook.withLock { last in
            guard ContinuousClock.now - last >= RetryCycle.wholeQueueEvery else { return false }
            last = .now
            return true
        }
        let pipelines = pipelines.map(\.name), releases = max(500, settings.ratePerSecond * 2)
        return try await database.perform { session in
            var result = QueueSweep.Result()
            (result.recovered, result.superseded) = try QueueSweep.endSettled(of: pipelines, sentOnly: !looksAtAll, in: session)
            if looksAtAll { result.recovered += try QueueSweep.endMapped(of: pipelines, in: session) }
            // No more at once than the rate lets go soon: a release writes its row.
            let room = releases - (try QueueSweep.dueSoon(of: pipelines, upTo: releases, in: session))
            if room > 0 { result.released = try QueueSweep.releaseCured(of: pipelines, upTo: room, in: session) }
            result.undecided = try QueueSweep.giveBackUndecided(of: pipelines, in: session)
            if looksAtAll { result.closedIncidents = try IncidentBook.close(of: pipelines, in: session) }
            return result
        }
    }

    private func send(upTo limit: Int) async throws -> Int {
        let (rate, lease, names) = (settings.ratePerSecond, settings.lease, pipelines.map(\.name))
        let claims = try await database.perform { session in
            try Claims.take(upTo: limit, ratePerSecond: rate, lease: lease, pipelines: names, in: session)
        }
        guard !claims.isEmpty else { return 0 }
        var sent: [(claim: Claim, delivery: KafkaDelivery)] = []
        var failure: (any Error)?
        await withTaskGroup(of: (Claim, Swift.Result<KafkaDelivery?, any Error>).self) { sends in
            for claim in claims { sends.addTask { [self] in (claim, await delivery(of: claim)) } }
            for await (claim, outcome) in sends {
                switch outcome {
                case .success(let delivery?): sent.append((claim, delivery))
                case .success(nil): break  // Told already; its lease runs out.
                case .failure(let error): failure = failure ?? error
                }
            }
        }
        let (delivered, refused) = (sent, claims.filter { claim in !sent.contains { $0.claim.id.utf8.elementsEqual(claim.id.utf8) } })
        let late = try await database.perform { session in
            // What has no answer may stand in the topic all the same: its lease decides (H8). It was no fault of the retrier's.
            try Claims.forgive(refused, in: session)
            return delivered.count - (try Claims.markSent(delivered, in: session))
        }
        if late > 0 { log.warning("Leases ran out before their changes were sent", metadata: ["entries": "\(late)"]) }
        if let failure { throw failure }
        return sent.count
    }

    /// Sends one claimed attempt; nil when its topic cannot take it.
    private func delivery(of claim: Claim) async -> Swift.Result<KafkaDelivery?, any Error> {
        do {
            let writer = TopicWriter<ChangeRecord>(
                producer, topic: TopicNames(prefix: settings.topicPrefix, pipeline: claim.pipeline).changes, source: "/rollcall/retrier/\(claim.pipeline)")
            switch try await writer.send(try Claims.record(of: claim)) {
            case .delivered(let delivery): return .success(delivery)
            case .tooLarge(let oversize):
                log.error("A waiting change is too large for its topic", metadata: ["entry": claim.id, LogKeys.reason: oversize.description])
                return .success(nil)
            }
        } catch { return .failure(error) }
    }

    private func tell() async throws -> Int {
        let (turn, lease) = (turn, settings.lease)
        guard try await database.perform({ try turn.take(for: lease, in: $0) }) else { return 0 }
        let told = try await tellInTurn()  // If this throws, the turn ends with its lease, or goes on in the next cycle.
        try await database.perform { try turn.end(in: $0) }
        return told
    }

    private func tellInTurn() async throws -> Int {
        let limit = RetryCycle.atOnceMax, pipelines = pipelines.map(\.name)
        let (failures, news, stuck) = try await database.perform { session in
            try session.transaction {
                (
                    try Announcements.permanentFailures(of: pipelines, upTo: limit, in: session),
                    try Announcements.incidents(of: pipelines, upTo: limit, in: session),
                    try Announcements.stuck(of: pipelines, in: session)
                )
            }
        }
        for entry in failures {
            let names = TopicNames(prefix: settings.topicPrefix, pipeline: entry.pipeline)
            let source = "/rollcall/retrier/\(entry.pipeline)"
            _ = try await TopicWriter<FailureRecord>(producer, topic: names.deadLetters, source: source).send(try entry.deadLetter())
            try await alert(entry.permanentFailureAlert, names, source)
        }
        for item in news {
            try await alert(item.alert, TopicNames(prefix: settings.topicPrefix, pipeline: item.alert.pipeline), "/rollcall/retrier/\(item.alert.pipeline)")
        }
        if !failures.isEmpty || !news.isEmpty {
            try await database.perform { session in
                try Announcements.markTold(failures, in: session)
                try Announcements.markTold(news, in: session)
            }
        }
        let (begun, over) = toldStuck.withLock { told in
            defer { told = Set(stuck.keys) }
            return (stuck.filter { !told.contains($0.key) }, told.subtracting(stuck.keys))
        }
        for (pipeline, entries) in begun.map({ ($0.key, Int64?($0.value)) }) + over.map({ ($0, nil) }) {
            try await alert(
                Announcements.stuckAlert(pipeline, entries: entries), TopicNames(prefix: settings.topicPrefix, pipeline: pipeline),
                "/rollcall/retrier/\(pipeline)")
        }
        return failures.count + news.count
    }

    private func alert(_ alert: AlertRecord, _ names: TopicNames, _ source: String) async throws {
        let facts = [LogKeys.pipeline: alert.pipeline, LogKeys.reason: alert.message]
        if alert.isResolved { log.info("Alert over: \(alert.kind)", metadata: facts) } else { log.error("Alert: \(alert.kind)", metadata: facts) }
        _ = try await TopicWriter<AlertRecord>(producer, topic: names.alerts, source: source).send(alert)
    }
}
