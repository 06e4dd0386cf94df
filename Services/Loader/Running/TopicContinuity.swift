/// Tells when it must be proven again that a partition is still of the topic it was.
///
/// A topic that is deleted and made again under a running consumer gives no error: once the new one has grown past the old position, reading
/// goes on in its midst, and what stands before is never read (seen with Apache Kafka 4.3 and librdkafka 2.0). It takes a while in which
/// nothing comes; so before records that come after a silence are taken, the record before the position is compared with the one the books
/// remember. A trickle of changes pays some milliseconds for it, a stream of them nothing.
struct TopicContinuity {
    /// Deleting, making and filling a topic takes longer.
    static let silenceMax = Duration.milliseconds(100)

    private var lastSeen: [Int32: ContinuousClock.Instant] = [:]

    /// An assignment begins: its positions were compared with the books at `now`.
    mutating func begin(_ partitions: some Sequence<Int32>, now: ContinuousClock.Instant) {
        lastSeen = Dictionary(uniqueKeysWithValues: partitions.map { ($0, now) })
    }

    /// Records of the partition have come, or it was proven just now.
    mutating func saw(_ partition: Int32, now: ContinuousClock.Instant) { lastSeen[partition] = now }

    /// Whether the topic must be proven before records that come now may be taken.
    func isInDoubt(_ partition: Int32, now: ContinuousClock.Instant) -> Bool { lastSeen[partition].map { now - $0 > TopicContinuity.silenceMax } ?? false }
}
