import JSONText
import Pipelines

/// One column of the mapping, made ready for the inner loop.
struct FieldPlan: Sendable {
    let mapping: ColumnMapping
    /// Its place among the stream's columns, and among the tallies.
    let index: Int
    let cells: [Int]
    let header: String
    /// `"name":`, escaped.
    let member: [UInt8]
    let isKey: Bool
    /// A text cell may be carried as it stands: nothing but the checks every text undergoes applies.
    let isPlainText: Bool
    let words: WordTable?
    let tiers: TierScale?

    init(_ column: ResolvedColumn, index: Int, header: [String], isKey: Bool) {
        mapping = column.mapping
        self.index = index
        cells = column.cells
        self.header = header[column.cells[0]]
        var json = JSONWriter(reservingCapacity: 32)
        json.string(column.mapping.to)
        member = json.bytes + [UInt8(ascii: ":")]
        self.isKey = isKey
        isPlainText =
            mapping.type == .text && !isKey && cells.count == 1 && !mapping.trims && mapping.format == nil && mapping.tiers.isEmpty
        words = mapping.type == .boolean ? WordTable(mapping.values ?? .standard) : nil
        tiers = mapping.tiers.isEmpty ? nil : TierScale(mapping.tiers)
    }

    /// A text column shows numbers and dates as people see them; a key compares by its digits.
    var wantsShown: Bool { mapping.type == .text && !isKey && tiers == nil }
}
