/// The columns of one stream in which the fast path has met a blank: its statement keeps what a NULL meets in these, and simply sets the others.
///
/// Keeping costs PostgreSQL a look at the old row per column. Most columns of most streams never hold a blank, and each statement takes memory
/// at the server; so the set only grows, and after a few growths it is all columns.
struct BlankColumns: Equatable {
    static let growthsMax = 4

    /// By the layout's order.
    private(set) var isMet: [Bool]
    /// Names the statement that was made for this set.
    private(set) var growths = 0

    init(columns: Int) { isMet = Array(repeating: false, count: columns) }

    /// - Parameter blanks: by the layout's order, what one batch holds blanks in.
    mutating func meet(_ blanks: [Bool]) {
        guard zip(blanks, isMet).contains(where: { $0 && !$1 }) else { return }
        growths += 1
        isMet = growths < BlankColumns.growthsMax ? zip(blanks, isMet).map { $0 || $1 } : isMet.map { _ in true }
    }
}
