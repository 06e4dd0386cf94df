import Hashing

/// Finds a part's rows by their keys' bytes: four bytes a slot, half of the slots free.
struct PartIndex: Sendable {
    /// What a part has for a key.
    enum Finding: Equatable, Sendable {
        case none
        case row(Int)
        /// Several rows that differ: nobody can tell which is right.
        case repeated
    }

    private let rows: PartRows
    private var slots: [Int32]
    /// The first rows of keys that stand in several rows which differ.
    private var repeated: Set<Int> = []

    /// Keys that stand in several rows which differ.
    var repeatedKeys: Int { repeated.count }

    init(_ rows: PartRows) {
        self.rows = rows
        var size = 16
        while size < rows.count * 2 { size *= 2 }
        slots = [Int32](repeating: -1, count: size)
        for row in 0..<rows.count where !rows.key(row).isEmpty { enter(row) }
    }

    private mutating func enter(_ row: Int) {
        let slot = slot(of: rows.bytes[rows.key(row)])
        if slots[slot] < 0 {
            slots[slot] = Int32(row)
        } else if !rows.areEqual(Int(slots[slot]), row) {
            repeated.insert(Int(slots[slot]))
        }
    }

    /// - Parameter key: as keys compare; empty finds nothing.
    func find(_ key: ArraySlice<UInt8>) -> Finding {
        guard !key.isEmpty else { return .none }
        let row = Int(slots[slot(of: key)])
        return row < 0 ? .none : repeated.contains(row) ? .repeated : .row(row)
    }

    /// Where the key stands, or would.
    private func slot(of key: ArraySlice<UInt8>) -> Int {
        var place = Int(truncatingIfNeeded: key.withUnsafeBytes { xxh3($0) }) & (slots.count - 1)
        while slots[place] >= 0, !rows.bytes[rows.key(Int(slots[place]))].elementsEqual(key) { place = (place + 1) & (slots.count - 1) }
        return place
    }
}
