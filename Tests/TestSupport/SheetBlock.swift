import JSONText
import Mapping
import SampleData

/// What a request for values asked for and cannot have; becomes a 400.
struct SheetsRequestProblem: Error { let message: String }

/// How values shall be written.
struct SheetsForm: Sendable {
    var isFormatted = true
    var isByColumns = false

    init(_ query: [(name: String, value: String)]) throws(SheetsRequestProblem) {
        for (name, value) in query {
            switch (name, value) {
            case ("valueRenderOption", "FORMATTED_VALUE"): isFormatted = true
            case ("valueRenderOption", "UNFORMATTED_VALUE"): isFormatted = false
            case ("majorDimension", "ROWS"): isByColumns = false
            case ("majorDimension", "COLUMNS"): isByColumns = true
            case ("dateTimeRenderOption", "SERIAL_NUMBER"), ("prettyPrint", _), ("fields", _), ("ranges", _): continue
            default: throw SheetsRequestProblem(message: "Invalid value at '\(name)': \"\(value)\"")
            }
        }
    }
}

/// The cells that a range in A1 notation names (https://developers.google.com/workspace/sheets/api/guides/concepts).
struct SheetBlock: Sendable {
    private let grid: SheetGrid
    /// Counted from 0, clipped to the grid.
    private let rows: Range<Int>
    private let columns: Range<Int>

    init(_ range: String, in grids: [SheetGrid]) throws(SheetsRequestProblem) {
        let unknown = SheetsRequestProblem(message: "Unable to parse range: \(range)")
        let (tab, cells) = Self.split(range)
        guard let grid = grids.first(where: { $0.tab.utf8.elementsEqual(tab.utf8) }) else { throw unknown }
        // A new sheet has 1,000 rows and 26 columns.
        let (rowCount, columnCount) = (max(1000, grid.rows.count), max(26, grid.width))
        self.grid = grid
        guard let cells else {
            (rows, columns) = (0..<rowCount, 0..<columnCount)
            return
        }
        let corners = cells.split(separator: ":", omittingEmptySubsequences: false).map(Self.corner)
        guard let first = corners.first ?? nil, let last = corners.last ?? nil, corners.count <= 2 else { throw unknown }
        guard (first.column ?? 0) < columnCount, (first.row ?? 0) < rowCount else {
            throw SheetsRequestProblem(message: "Range (\(range)) exceeds grid limits. Max rows: \(rowCount), max columns: \(columnCount)")
        }
        // A missing number is the whole row or column.
        let lastRow = min((last.row ?? rowCount - 1) + 1, rowCount), lastColumn = min((last.column ?? columnCount - 1) + 1, columnCount)
        guard (first.row ?? 0) < lastRow, (first.column ?? 0) < lastColumn else { throw unknown }
        (rows, columns) = ((first.row ?? 0)..<lastRow, (first.column ?? 0)..<lastColumn)
    }

    /// `'Jon''s data'!A1:B` to `Jon's data` and `A1:B`.
    private static func split(_ range: String) -> (tab: String, cells: String?) {
        guard range.utf8.first == UInt8(ascii: "'") else {
            let parts = range.split(separator: "!", maxSplits: 1).map(String.init)
            return (parts.first ?? "", parts.count > 1 ? parts[1] : nil)
        }
        var name = "", rest = range.dropFirst()
        while let character = rest.popFirst() {
            guard character == "'" else {
                name.append(character)
                continue
            }
            guard rest.first == "'" else { break }
            name.append("'")
            rest = rest.dropFirst()
        }
        return (name, rest.first == "!" ? String(rest.dropFirst()) : nil)
    }

    /// `B7`, `B` or `7`, counted from 0.
    private static func corner(_ text: Substring) -> (column: Int?, row: Int?)? {
        let letters = text.utf8.prefix { (0x41...0x5A).contains($0) }
        let digits = text.utf8.dropFirst(letters.count)
        guard !text.isEmpty, letters.count <= 3, digits.isEmpty || Int(String(Substring(digits))) ?? 0 > 0 else { return nil }
        let column = letters.isEmpty ? nil : letters.reduce(0) { $0 * 26 + Int($1 - 0x40) } - 1
        return (column, digits.isEmpty ? nil : (Int(String(Substring(digits))) ?? 1) - 1)
    }

    /// Writes the `ValueRange`: empty cells at the end of a row and empty rows at the end are left out, and so is `values` when nothing is there.
    func write(_ form: SheetsForm, to writer: inout JSONWriter) {
        let lines = form.isByColumns ? columns : rows, places = form.isByColumns ? rows : columns
        func cell(_ line: Int, _ place: Int) -> SheetCell {
            let (row, column) = form.isByColumns ? (place, line) : (line, place)
            guard row < grid.rows.count, column < grid.rows[row].count else { return .empty }
            return grid.rows[row][column]
        }
        func end(_ line: Int) -> Int { (places.last { !cell(line, $0).isEmpty } ?? places.lowerBound - 1) + 1 }
        let ends = lines.map(end)
        let linesEnd = (ends.lastIndex { $0 > places.lowerBound } ?? -1) + 1
        writer.object { writer in
            writer.member("range", "'\(grid.tab.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'!\(corners)")
            writer.member("majorDimension", form.isByColumns ? "COLUMNS" : "ROWS")
            guard linesEnd > 0 else { return }
            writer.array("values") { writer in
                for (line, end) in zip(lines, ends).prefix(linesEnd) {
                    writer.array { writer in
                        for place in places.lowerBound..<end { cell(line, place).write(form, to: &writer) }
                    }
                }
            }
        }
    }

    private var corners: String { "\(columnLetters(columns.lowerBound))\(rows.lowerBound + 1):\(columnLetters(columns.upperBound - 1))\(rows.upperBound)" }
}

extension SheetCell {
    fileprivate func write(_ form: SheetsForm, to writer: inout JSONWriter) {
        if form.isFormatted { return writer.string(shown) }
        switch content {
        case .number(let digits): writer.literal(digits)
        case .boolean(let value): writer.literal(value ? "true" : "false")
        case .empty, .text, .error: writer.string(text)
        }
    }
}
