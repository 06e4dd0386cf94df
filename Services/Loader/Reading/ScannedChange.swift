import Records

/// One change of a batch; its values lie in the batch's arena.
struct ScannedChange {
    /// Index of its stream in the pipeline.
    var stream: Int
    var sequence: Records.Sequence
    var operation: ChangeRecord.Operation
    /// Only some of the mapped columns are carried; supersedes nothing (invariant 6).
    var isPartial: Bool
    /// 1 is the first load.
    var attempt: Int
    /// Of the fields carried; nil for a delete.
    var hash: Int64?
    /// `record_key`: the key's values joined and percent-encoded.
    var key: ArenaSlice
    /// Where its values begin among the batch's `fields`: one for each column of the stream's layout, the key's first.
    var firstField: Int
    /// Some value holds U+0000, which PostgreSQL's text cannot.
    var holdsNUL = false
    /// A carried column is not mapped by the pipeline's file: see `ScannedBatch.unmappedColumns`.
    var hasUnmappedColumn = false

    var run: Int64 { sequence.run }
    var isFirstAttempt: Bool { attempt == 1 }
}

/// Changes read into one arena: what a scan fills and a transaction applies.
struct ScannedBatch: ~Copyable {
    var arena = BatchArena()
    /// For each change one slice per column of its stream's layout.
    var fields = SliceList()
    var changes: [ScannedChange] = []
    /// The first such column of each change that has any, by the change's place. (Not in the change: a thousand times a second it is copied.)
    var unmappedColumns: [Int: String] = [:]

    /// Forgets the changes and keeps the memory.
    mutating func removeAll() {
        arena.removeAll()
        fields.rewind(to: 0)
        changes.removeAll(keepingCapacity: true)
        unmappedColumns.removeAll()
    }

    /// Forgets all but the first `count` changes.
    mutating func keepFirst(_ count: Int) { changes.removeLast(changes.count - count) }

    func key(_ change: ScannedChange) -> String { arena.string(change.key) }
}
