/// What people see in the cells of some columns: the same cells as the sheet shows them, `1/5` for 45662.
struct ShownTexts: Sendable {
    /// The columns of each block of `texts`.
    let spans: [ClosedRange<Int>]
    let texts: SheetValues

    /// The columns among `wanted` where a shown text can differ from the value: those with a number or a boolean below the header.
    static func needed(_ wanted: Set<Int>, in values: SheetValues, belowRow headerRow: Int) throws(JSONScan.Problem) -> Set<Int> {
        var needed: Set<Int> = []
        for row in headerRow..<max(headerRow, values.blocks[0].rowStarts.count) {
            try values.cells(block: 0, row: row) { column, cell in
                if cell.isShownByFormat, wanted.contains(column) { needed.insert(column) }
            }
        }
        return needed
    }

    /// Whether every number and boolean in `spans` is the same in a whole read and in a later read of those columns alone.
    ///
    /// The shown texts are fetched between the two, by a request of their own, and Google has no snapshots: if a number moved meanwhile
    /// (rows sorted, inserted, edited), a shown text could land in the row of another.
    static func isUnmoved(_ whole: SheetValues, _ later: SheetValues, spans: [ClosedRange<Int>], belowRow headerRow: Int) throws(JSONScan.Problem) -> Bool {
        let rows = max(whole.blocks[0].rowStarts.count, later.blocks.map(\.rowStarts.count).max() ?? 0)
        let width = (spans.last?.upperBound ?? -1) + 1
        let none = [ArraySlice<UInt8>?](repeating: nil, count: width)
        for row in headerRow..<max(headerRow, rows) {
            var before = none, after = none
            try whole.cells(block: 0, row: row) { column, cell in
                if column < width, spans.contains(where: { $0.contains(column) }) { before[column] = whole.formatted(cell) }
            }
            for (block, span) in spans.enumerated() {
                try later.cells(block: block, row: row) { offset, cell in
                    if offset < span.count { after[span.lowerBound + offset] = later.formatted(cell) }
                }
            }
            guard before == after else { return false }
        }
        return true
    }

    /// Puts the shown text of each cell of a row into `row`, by column.
    func fill(_ row: inout [JSONScan.Scalar?], from index: Int) throws(JSONScan.Problem) {
        for (block, span) in spans.enumerated() {
            try texts.cells(block: block, row: index) { offset, cell in
                if offset < span.count, span.lowerBound + offset < row.count { row[span.lowerBound + offset] = cell }
            }
        }
    }
}

extension JSONScan.Scalar {
    /// Text is shown as it is; numbers and booleans are shown as their format says.
    var isShownByFormat: Bool {
        switch self {
        case .number, .boolean: true
        case .string, .null: false
        }
    }
}

extension SheetValues {
    /// What tells one formatted cell from another: the digits of a number, one byte for a boolean; nil for text, which no format shapes.
    fileprivate func formatted(_ cell: JSONScan.Scalar) -> ArraySlice<UInt8>? {
        switch cell {
        case .number(let digits): body[digits]
        case .boolean(let value): value ? [1] : [0]
        case .string, .null: nil
        }
    }
}
