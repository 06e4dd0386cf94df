import CKafka
import Foundation
import Synchronization

/// Reads topics as a member of a group; the caller says where each partition starts, and no offset is ever taken from Kafka.
///
/// A thread of its own polls without pause, so the group never loses a member that waits for its database. What it fetched ahead is
/// bounded (invariant 11): when nobody takes it, the partitions are paused.
public final class KafkaConsumer: Sendable {
    private let loop: ConsumerLoop

    /// Joins the group and starts reading.
    ///
    /// - Parameters:
    ///   - topics: names, or patterns that begin with `^`, as librdkafka takes them.
    ///   - onNotice: told what librdkafka reports and works on by itself, as brokers that are down; called on threads of librdkafka and the poll thread.
    public init(
        _ settings: KafkaSettings, group: String, topics: [String], owner: some KafkaAssignmentOwner, tuning: KafkaConsumerTuning = KafkaConsumerTuning(),
        onNotice: @escaping @Sendable (KafkaNotice) -> Void = { _ in }
    ) throws(KafkaError) {
        loop = try ConsumerLoop(settings, group: group, topics: topics, owner: owner, tuning: tuning, onNotice: onNotice)
        try loop.start()
    }

    deinit { loop.post(.close) }

    /// The next records in the order of their partitions, at most `count`; an empty batch when none came in time.
    ///
    /// One task at a time calls this.
    /// - Throws: what stopped the consumer (a fatal error, or what the owner threw), or `CancellationError`.
    public nonisolated(nonsending) func nextBatch(upTo count: Int, within timeout: Duration = .seconds(1)) async throws -> KafkaBatch {
        if let batch = try loop.handoff.take(upTo: count) { return batch }
        try await loop.handoff.wait(until: ContinuousClock.now + timeout)
        return try loop.handoff.take(upTo: count) ?? KafkaBatch([], epoch: loop.handoff.epoch, of: loop.handle)
    }

    /// What is there already, at most `count`, without waiting; nil when nothing is.
    public func readyBatch(upTo count: Int) throws -> KafkaBatch? { try loop.handoff.take(upTo: count) }

    /// The present assignment's number; a batch of another is old.
    public var epoch: UInt64 { loop.handoff.epoch }

    /// Stops fetching (Postgres is away) and stays a member; what was fetched already is kept.
    public func pause() { loop.post(.pause) }
    public func resume() { loop.post(.resume) }

    /// Drops what was fetched and asks the owner for the start offsets again: after a transaction found another loader had been there.
    public func restart() { loop.post(.restart(.restarted)) }

    /// Tells Kafka how far Postgres is, for lag tools only; what goes wrong is told to `onNotice`.
    public func commit(_ next: [KafkaPartition: Int64]) { loop.post(.commit(next)) }

    /// Partitions that were read up to their end at that moment; each is named again when it reaches a later end.
    public var partitionsAtEnd: Set<KafkaPartition> { loop.handoff.partitionsAtEnd }

    /// Leaves the group, so that others take over at once. What was handed out stays readable.
    public func close() async { await loop.close() }
}

/// How much is fetched ahead, and when a silent member is replaced.
public struct KafkaConsumerTuning: Sendable {
    /// Memory for records that librdkafka fetched ahead.
    public var queueBytesMax = 16 << 20
    /// Records, and bytes, that wait for `nextBatch` besides.
    public var handoffRecordsMax = 2_000
    public var handoffBytesMax = 4 << 20
    /// The group gives a member's partitions away after this much silence.
    public var sessionTimeout: Duration = .seconds(10)
    /// Nobody took a record for so long: stop fetching until someone does.
    public var stallPatience: Duration = .seconds(2)

    public init() {}
}
