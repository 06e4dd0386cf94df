import Books
import Failures
import Kafka
import Lifecycle
import Postgres
import Records
import Synchronization
import Telemetry

/// Tells the consumer where each partition of `failures` starts: from `retry_offsets`.
///
/// A topic that was made anew, or of which retention took what was not read, is read from its beginning: taking a failure in twice changes
/// nothing, and a row whose failure was lost stays owed and is sent again by the next run.
final class IntakeBooks: KafkaAssignmentOwner {
    private let database: PostgresConnection
    private let reader: KafkaReader
    private let log: Logger
    private let known = Mutex<(epoch: UInt64, positions: [KafkaPartition: IntakePosition])>((0, [:]))

    init(database: PostgresConnection, reader: KafkaReader, log: Logger) { (self.database, self.reader, self.log) = (database, reader, log) }

    /// The positions of an assignment; nil when it is not the present one.
    func positions(of epoch: UInt64) -> [KafkaPartition: IntakePosition]? { known.withLock { $0.epoch == epoch ? $0.positions : nil } }

    func startOffsets(of partitions: [KafkaPartition], epoch: UInt64, because reason: KafkaStartReason) async throws -> [KafkaPartition: KafkaStart] {
        var positions: [KafkaPartition: IntakePosition] = [:]
        for partition in partitions { positions[partition] = try await position(of: partition) }
        known.withLock { $0 = (epoch, positions) }
        return positions.mapValues { .offset($0.next) }
    }

    /// Nothing is in hand that a transaction of another could not do again: the compare-and-set decides.
    func revoked(_ partitions: [KafkaPartition], isLost: Bool) async {}

    /// Tries until both Kafka and Postgres have answered.
    private func position(of partition: KafkaPartition) async throws -> IntakePosition {
        var random = SystemRandomNumberGenerator()
        for failures in 1... {
            do {
                return try await positionOnce(of: partition)
            } catch let error as KafkaError where error.isRetriable {
                log.warning("Start of a partition not known yet", metadata: [LogKeys.partition: partition.description, LogKeys.reason: error.description])
            } catch let error as PostgresError where error.isConnectionLoss || FailureMeaning(sqlState: error.sqlState) == .outage {
                log.warning("Start of a partition not known yet", metadata: [LogKeys.partition: partition.description, LogKeys.reason: error.description])
            }
            try await Task.sleep(for: Backoff.reconnecting.delay(afterFailures: failures, using: &random))
        }
        throw CancellationError()
    }

    private func positionOnce(of partition: KafkaPartition) async throws -> IntakePosition {
        let marks = try await reader.watermarks(of: partition)
        let stored = try await database.perform { session in try IntakeBooks.stored(partition, orBeginAt: marks.low, in: session) }
        var before = RecordBefore.none
        if stored.lastID != nil, stored.next > marks.low, let record = try await reader.record(partition, at: stored.next - 1) {
            before = .record(id: identity(record))
        }
        switch Resumption.of(stored, low: marks.low, high: marks.high, before: before) {
        case .goOn(let next): return IntakePosition(next: next, generation: stored.generation)
        case .recreated(let next): return try await move(partition, from: stored, to: IntakePosition(next: next, generation: stored.generation + 1))
        case .expired(let next, let lost):
            log.warning(
                "Retention took failures before they were read; their rows stay owed", metadata: [LogKeys.partition: partition.description, "lost": "\(lost)"])
            return try await move(partition, from: stored, to: IntakePosition(next: next, generation: stored.generation))
        }
    }

    private func identity(_ record: KafkaRecord) -> String {
        do { return try FailureRecord(parsing: record.value ?? []).id } catch { return "unusable@\(record.offset)" }
    }

    private func move(_ partition: KafkaPartition, from stored: StoredOffset, to position: IntakePosition) async throws -> IntakePosition {
        try await database.perform { session in
            try session.query(
                """
                UPDATE retry_offsets SET next_offset = $3::bigint, generation = $4::bigint, last_id = NULL, updated_at = retry_now()
                WHERE topic = $1 AND partition = $2::integer AND next_offset = $5::bigint AND generation = $6::bigint
                """,
                [
                    .text(partition.topic), .integer(Int64(partition.partition)), .integer(position.next), .integer(position.generation),
                    .integer(stored.next), .integer(stored.generation),
                ])
            let now = try IntakeBooks.stored(partition, orBeginAt: position.next, in: session)
            return IntakePosition(next: now.next, generation: now.generation)
        }
    }

    private static func stored(_ partition: KafkaPartition, orBeginAt low: Int64, in session: PostgresSession) throws(PostgresError) -> StoredOffset {
        try session.query(
            "INSERT INTO retry_offsets (topic, partition, next_offset) VALUES ($1, $2::integer, $3::bigint) ON CONFLICT DO NOTHING",
            [.text(partition.topic), .integer(Int64(partition.partition)), .integer(low)])
        let row = try session.query(
            "SELECT next_offset, generation, last_id FROM retry_offsets WHERE topic = $1 AND partition = $2::integer",
            [.text(partition.topic), .integer(Int64(partition.partition))]
        ).only()
        return StoredOffset(next: try row.integer(0), generation: try row.integer(1), lastID: row.optionalText(2))
    }
}
