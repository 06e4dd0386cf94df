import Records

/// What was applied and not told yet: batches of one partition that follow each other are told together, so that telling costs little and
/// whoever tails the topic sees progress and no flood.
struct PendingOutcomes {
    private var pending: [Int32: AppliedBatch] = [:]
    /// Those that the next batch of their partition could not be joined to.
    private var broken: [AppliedBatch] = []

    var isEmpty: Bool { pending.isEmpty && broken.isEmpty }

    mutating func add(_ applied: AppliedBatch) {
        let partition = applied.range.partition
        guard let before = pending[partition] else {
            pending[partition] = applied
            return
        }
        if let joined = before.joined(with: applied) {
            pending[partition] = joined
        } else {
            broken.append(before)
            pending[partition] = applied
        }
    }

    /// Hands out what there is, each partition's in its order.
    mutating func take() -> [AppliedBatch] {
        defer { (pending, broken) = ([:], []) }
        return broken + pending.sorted { $0.key < $1.key }.map(\.value)
    }
}

extension AppliedBatch {
    /// Both as one; nil when `next` is another stream's or does not begin where this one ends.
    func joined(with next: AppliedBatch) -> AppliedBatch? {
        guard next.stream == stream, next.range.topic == range.topic, next.range.partition == range.partition, next.range.generation == range.generation,
            next.range.from == range.next
        else { return nil }
        var joined = self
        joined.range.next = next.range.next
        joined.range.lastID = next.range.lastID
        for (share, tallies) in next.tallies { joined.tallies[share, default: Tallies()] = joined.tallies[share, default: Tallies()] + tallies }
        joined.retried += next.retried
        joined.rows += next.rows
        return joined
    }
}
