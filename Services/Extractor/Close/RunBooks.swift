import Books
import Records

/// Both halves of a run's books, all its streams together (invariant 4).
struct RunBooks: Sendable, Equatable {
    var plan = StreamPlan()
    var tallies = Tallies()
    /// Everything read and everything emitted is accounted for, in every stream, as the database sees it.
    var isBalanced = true

    /// Emitted changes of which the loader has not told yet.
    var outstanding: Int { plan.emitted - Int(tallies.total) }
    /// Rows that this run did not bring into the database although the source has them.
    var exceptions: Int { plan.duplicate + plan.rejected + plan.waiting + Int(tallies.failed) }
}

extension RunBooks {
    init(_ streams: [StreamBooks]) {
        for stream in streams {
            plan = plan + StreamPlan(stream)
            tallies = tallies + stream.tallies
            isBalanced = isBalanced && stream.isBalanced
        }
    }
}

extension StreamPlan {
    init(_ books: StreamBooks) {
        self.init(
            read: Int(books.read), blank: Int(books.blank), duplicate: Int(books.duplicate), rejected: Int(books.rejected),
            unchanged: Int(books.unchanged), waiting: Int(books.waiting), upserts: Int(books.upserts), deletes: Int(books.deletes))
    }
}
