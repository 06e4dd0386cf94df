import Books

/// Waits until the loader has told of every change: as long as it makes progress, and for `patience` without any.
struct BooksWait: Sendable {
    let patience: Duration
    let clock: any Clock<Duration>
    /// Reads the books.
    let books: @Sendable () async throws -> [StreamBooks]
    /// Told after each look; throws when the run was stopped or has lost its lease.
    let onLook: @Sendable (RunBooks) throws -> Void

    /// - Returns: the books, balanced or not.
    func callAsFunction() async throws -> RunBooks {
        var pause = Duration.milliseconds(5), waited = Duration.zero, outstanding = Int.max
        while true {
            let books = RunBooks(try await books())
            try onLook(books)
            if books.isBalanced { return books }
            if books.outstanding != outstanding { (outstanding, waited) = (books.outstanding, .zero) }
            guard waited < patience else { return books }
            try await clock.sleep(for: pause)
            waited += pause
            pause = min(pause * 2, .milliseconds(200))
        }
    }
}
