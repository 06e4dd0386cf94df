import Records

/// What the oldest records of a partition make.
enum NextBatch {
    /// So many changes, now in the scanned batch.
    case changes(count: Int)
    /// The oldest record cannot be applied at all.
    case unusable(RecordProblem)
    /// The oldest record has no value.
    case empty
}

extension ChangeScanner {
    /// Reads the oldest records into `batch`, up to where a batch must end.
    mutating func cut(_ records: ArraySlice<RawRecord>, with cut: inout BatchCut, into batch: inout ScannedBatch) -> NextBatch {
        batch.removeAll()
        cut.removeAll()
        for record in records {
            guard let value = record.value else { return batch.changes.isEmpty ? .empty : .changes(count: batch.changes.count) }
            do {
                try scan(value, into: &batch)
            } catch {
                return batch.changes.isEmpty ? .unusable(error) : .changes(count: batch.changes.count)
            }
            let last = batch.changes[batch.changes.count - 1]
            if !cut.accepts(last, key: batch.arena.bytes(last.key)) {
                batch.changes.removeLast()
                break
            }
        }
        return .changes(count: batch.changes.count)
    }
}
