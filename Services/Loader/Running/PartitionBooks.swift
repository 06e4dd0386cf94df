import Books
import Failures
import Foundation
import Hashing
import Kafka
import Postgres
import Records
import Synchronization
import Telemetry

/// Where one partition stands, as the database says.
struct PartitionPosition: Equatable, Sendable {
    var next: Int64
    var generation: Int64
}

/// Tells the consumer where each partition starts: from `sync_offsets`, after a look whether the topic is still the one it tells of.
///
/// It has a session of its own, since the group may ask at any moment, also while a batch is under way.
final class PartitionBooks: KafkaAssignmentOwner {
    private let pipeline: String
    private let database: PostgresConnection
    private let reader: KafkaReader
    private let announcer: Announcer
    private let log: Logger
    private let known = Mutex<(epoch: UInt64, positions: [Int32: PartitionPosition], provenAt: ContinuousClock.Instant)>((0, [:], .now))
    private let onRevoked: Mutex<(@Sendable () async -> Void)?> = Mutex(nil)

    init(pipeline: String, database: PostgresConnection, reader: KafkaReader, announcer: Announcer, log: Logger) {
        (self.pipeline, self.database, self.reader, self.announcer, self.log) = (pipeline, database, reader, announcer, log)
    }

    /// What to do before partitions go to another loader.
    func whenRevoked(_ action: @escaping @Sendable () async -> Void) { onRevoked.withLock { $0 = action } }

    /// The positions of an assignment; nil when it is not the present one.
    func positions(of epoch: UInt64) -> [Int32: PartitionPosition]? { known.withLock { $0.epoch == epoch ? $0.positions : nil } }

    /// When the positions of the present assignment began to be compared with the topic.
    var provenAt: ContinuousClock.Instant { known.withLock { $0.provenAt } }

    /// Whether the topic still holds what was applied last, so that what comes now follows it.
    func isUnchanged(_ partition: KafkaPartition) async throws -> Bool {
        guard case .goOn = try await look(at: partition).resumption else { return false }
        return true
    }

    func startOffsets(of partitions: [KafkaPartition], epoch: UInt64, because reason: KafkaStartReason) async throws -> [KafkaPartition: KafkaStart] {
        let provenAt = ContinuousClock.now
        var positions: [Int32: PartitionPosition] = [:]
        for partition in partitions { positions[partition.partition] = try await position(of: partition) }
        known.withLock { $0 = (epoch, positions, provenAt) }
        return Dictionary(uniqueKeysWithValues: partitions.map { ($0, positions[$0.partition].map { .offset($0.next) } ?? .beginning) })
    }

    func revoked(_ partitions: [KafkaPartition], isLost: Bool) async {
        let action = onRevoked.withLock { $0 }
        await action?()
    }

    /// Tries until both Kafka and Postgres have answered: polling goes on meanwhile (invariant 8).
    private func position(of partition: KafkaPartition) async throws -> PartitionPosition {
        var failures = 0
        while true {
            do {
                return try await positionOnce(of: partition)
            } catch let error as KafkaError where error.isRetriable {
                log.warning("Start of a partition not known yet", metadata: [LogKeys.partition: partition.description, LogKeys.reason: error.description])
            } catch let error as PostgresError where error.isConnectionLoss || FailureMeaning(sqlState: error.sqlState) == .outage {
                log.warning("Start of a partition not known yet", metadata: [LogKeys.partition: partition.description, LogKeys.reason: error.description])
            }
            failures += 1
            var random = SystemRandomNumberGenerator()
            try await Task.sleep(for: Backoff.reconnecting.delay(afterFailures: failures, using: &random))
        }
    }

    /// What the books say of a partition, and what the topic says of that.
    private func look(at partition: KafkaPartition) async throws -> (stored: StoredOffset, resumption: Resumption) {
        let marks = try await reader.watermarks(of: partition)
        let stored = try await database.perform { session in try OffsetBook.read(partition, orBeginAt: marks.low, in: session) }
        var before = RecordBefore.none
        if stored.lastID != nil, stored.next > marks.low, let record = try await reader.record(partition, at: stored.next - 1) {
            before = .record(id: recordIdentity(record.value))
        }
        return (stored, Resumption.of(stored, low: marks.low, high: marks.high, before: before))
    }

    private func positionOnce(of partition: KafkaPartition) async throws -> PartitionPosition {
        let (stored, resumption) = try await look(at: partition)
        switch resumption {
        case .goOn(let next): return PartitionPosition(next: next, generation: stored.generation)
        case .recreated(let next):
            announcer.alert(.topicRecreated(partition, pipeline: pipeline, generation: stored.generation + 1))
            return try await database.perform { session in
                try OffsetBook.move(partition, from: stored, to: PartitionPosition(next: next, generation: stored.generation + 1), in: session)
            }
        case .expired(let next, let lost):
            announcer.alert(.recordsExpired(partition, pipeline: pipeline, lost: lost))
            return try await database.perform { session in
                try OffsetBook.move(partition, from: stored, to: PartitionPosition(next: next, generation: stored.generation), in: session)
            }
        }
    }
}

/// A record's own id; for one that is no change its fingerprint, so that it too is known again.
func recordIdentity(_ value: [UInt8]?) -> String {
    guard let value else { return "null" }
    do { return try ChangeRecord(parsing: value).id } catch { return "xxh3:" + String(xxh3(value), radix: 16) }
}

/// The rows of `sync_offsets`, outside of batches.
enum OffsetBook {
    /// The stored offset; a partition met for the first time begins at its oldest record, in generation 1.
    static func read(_ partition: KafkaPartition, orBeginAt low: Int64, in session: PostgresSession) throws(PostgresError) -> StoredOffset {
        if let stored = try stored(partition, in: session) { return stored }
        // Only now: an INSERT would wait for a loader that is in the middle of a batch, though all it does is nothing.
        try session.query(
            "INSERT INTO sync_offsets (topic, partition, generation, next_offset) VALUES ($1, $2::integer, 1, $3::bigint) ON CONFLICT DO NOTHING",
            [.text(partition.topic), .integer(Int64(partition.partition)), .integer(low)])
        return try stored(partition, in: session) ?? StoredOffset(next: low, generation: 1, lastID: nil)
    }

    private static func stored(_ partition: KafkaPartition, in session: PostgresSession) throws(PostgresError) -> StoredOffset? {
        let rows = try session.query(
            "SELECT next_offset, generation, last_id FROM sync_offsets WHERE topic = $1 AND partition = $2::integer",
            [.text(partition.topic), .integer(Int64(partition.partition))])
        guard let row = rows.first else { return nil }
        return StoredOffset(next: try row.integer(0), generation: try row.integer(1), lastID: row.optionalText(2))
    }

    /// Moves a position that no batch moves, unless another loader has moved it meanwhile; returns where it stands now.
    static func move(_ partition: KafkaPartition, from stored: StoredOffset, to position: PartitionPosition, in session: PostgresSession) throws(PostgresError)
        -> PartitionPosition
    {
        try session.query(
            """
            UPDATE sync_offsets SET next_offset = $3::bigint, generation = $4::bigint, last_id = NULL, updated_at = now()
            WHERE topic = $1 AND partition = $2::integer AND next_offset = $5::bigint AND generation = $6::bigint
            """,
            [
                .text(partition.topic), .integer(Int64(partition.partition)), .integer(position.next), .integer(position.generation),
                .integer(stored.next), .integer(stored.generation),
            ])
        let now = try read(partition, orBeginAt: position.next, in: session)
        return PartitionPosition(next: now.next, generation: now.generation)
    }
}
