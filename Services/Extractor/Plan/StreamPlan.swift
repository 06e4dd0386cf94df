/// What one read found in one stream and what is to be sent: the first half of the books (invariant 4).
struct StreamPlan: Sendable, Equatable {
    var read = 0
    var blank = 0
    /// Rows whose key stands in another row too; all of them.
    var duplicate = 0
    var rejected = 0
    var unchanged = 0
    /// Rows that are not sent because exactly what they say waits in the retry queue (invariant 13).
    var waiting = 0
    var upserts = 0
    var deletes = 0

    var emitted: Int { upserts + deletes }
    /// Rows that have a place in the database or a reason for not having one.
    var isBalanced: Bool { read == blank + duplicate + rejected + unchanged + waiting + upserts }

    static func + (a: StreamPlan, b: StreamPlan) -> StreamPlan {
        StreamPlan(
            read: a.read + b.read, blank: a.blank + b.blank, duplicate: a.duplicate + b.duplicate, rejected: a.rejected + b.rejected,
            unchanged: a.unchanged + b.unchanged, waiting: a.waiting + b.waiting, upserts: a.upserts + b.upserts, deletes: a.deletes + b.deletes)
    }
}
