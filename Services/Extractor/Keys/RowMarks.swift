/// One bit for each row of a read, by its index.
struct RowMarks: Sendable, Equatable {
    private var words: [UInt64] = []
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    subscript(row: Int) -> Bool {
        get { row >> 6 < words.count && words[row >> 6] & bit(row) != 0 }
        set {
            guard newValue != self[row] else { return }
            while words.count <= row >> 6 { words.append(0) }
            words[row >> 6] ^= bit(row)
            count += newValue ? 1 : -1
        }
    }

    private func bit(_ row: Int) -> UInt64 { 1 << UInt64(row & 63) }
}
