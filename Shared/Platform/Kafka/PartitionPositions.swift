/// The next offset expected of each partition: nothing older than it is handed out, whatever a library's queue still holds.
struct PartitionPositions {
    private struct Position {
        let partition: KafkaPartition
        var next: Int64
        var isAtStart = true
    }
    /// Few partitions and many records: an array beats a dictionary of strings.
    private var positions: [Position] = []
    private var last = 0
    private var lastTopic: OpaquePointer?

    mutating func begin(_ partition: KafkaPartition, at start: KafkaStart) {
        let next: Int64 = if case .offset(let offset) = start { offset } else { 0 }
        positions.append(Position(partition: partition, next: next))
    }

    /// - Parameter movedOn: called when the partition gives a record after its start or its end.
    mutating func accept(topic: OpaquePointer?, partition: Int32, offset: Int64, movedOn: (KafkaPartition) -> Void) -> Bool {
        if topic != lastTopic || last >= positions.count || positions[last].partition.partition != partition {
            let name = topicName(topic)
            guard let index = positions.firstIndex(where: { $0.partition.partition == partition && $0.partition.topic == name }) else { return false }
            (last, lastTopic) = (index, topic)
            movedOn(positions[index].partition)
        }
        guard offset >= positions[last].next else { return false }
        positions[last].next = offset + 1
        return true
    }
}
