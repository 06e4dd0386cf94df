import Postgres

/// The records of one partition that wait, in order, and where the next batch of them begins.
struct PartitionQueue {
    /// Where the next batch begins if every batch sent so far commits.
    var position: PartitionPosition
    private(set) var records: [RawRecord] = []
    private var taken = 0
    /// Batches that go to the deciding path without trying the fast one first: one has raised, and its neighbours are likely to.
    var decidesNext = 0
    /// How many rows of the last batch could not land: of the next one as many more are taken, so that those that do fill one statement.
    var failuresLately = 0
    /// A record of a newer format: nothing behind it is touched.
    var isStopped = false

    init(at position: PartitionPosition) { self.position = position }

    var count: Int { records.count - taken }

    /// The oldest records, at most `limit`.
    func first(_ limit: Int) -> ArraySlice<RawRecord> { records[taken..<min(taken + limit, records.count)] }

    mutating func append(_ record: RawRecord) {
        // A record before the position was settled already; it can only come from an assignment that began further back.
        if record.offset >= position.next, !isStopped { records.append(record) }
    }

    /// Takes the oldest `count` records away: a batch of them is on its way.
    mutating func drop(_ count: Int, next: Int64) {
        taken += count
        position.next = next
        if taken == records.count {
            records.removeAll(keepingCapacity: true)
            taken = 0
        } else if taken > 1_000 {
            records.removeFirst(taken)
            taken = 0
        }
    }

    /// Puts back a batch that did not commit; later ones of the partition follow on their own.
    mutating func putBack(_ batch: [RawRecord], from: Int64) {
        records.replaceSubrange(..<taken, with: batch)
        taken = 0
        position.next = from
    }

    mutating func stop() {
        isStopped = true
        records = []
        taken = 0
    }
}
