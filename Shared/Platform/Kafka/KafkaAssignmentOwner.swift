import CKafka

/// Where reading begins.
public enum KafkaStart: Sendable, Equatable {
    /// The record of this offset comes first. If the broker has it no more, `startOffsets` is asked again.
    case offset(Int64)
    /// The oldest record still there.
    case beginning
    /// Only what is produced from now on.
    case end

    var offset: Int64 {
        switch self {
        case .offset(let offset): offset
        case .beginning: Int64(RD_KAFKA_OFFSET_BEGINNING)
        case .end: Int64(RD_KAFKA_OFFSET_END)
        }
    }
}

/// Why reading starts (again).
public enum KafkaStartReason: Sendable, Equatable {
    /// The group gave these partitions to this member.
    case assigned
    /// `KafkaConsumer.restart` was called.
    case restarted
    /// The broker has no record at the position: retention took it, or the topic was created anew.
    case positionLost(KafkaPartition)
}

/// Who knows where to go on; in Rollcall that is Postgres, never the group's committed offsets.
///
/// Polling goes on while these calls wait, so they may take as long as an outage lasts.
public protocol KafkaAssignmentOwner: Sendable {
    /// Where each of these partitions starts; one left out starts at the beginning.
    ///
    /// Batches of the new assignment carry `epoch`. What it throws is thrown by `nextBatch`, and the consumer is of no use any more.
    func startOffsets(of partitions: [KafkaPartition], epoch: UInt64, because reason: KafkaStartReason) async throws -> [KafkaPartition: KafkaStart]

    /// The partitions go to another member once this returns; finish or drop what is in hand.
    ///
    /// - Parameter isLost: they belong to another already (this member was silent for too long).
    func revoked(_ partitions: [KafkaPartition], isLost: Bool) async
}
