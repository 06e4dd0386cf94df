import Text

/// Columns of text under their headers, aligned on a terminal also where Japanese letters take two columns each.
///
///     column            type      rows
///     ★内覧結果          text     3,781
public struct Table: Sendable, Equatable {
    /// On which side a column's cells stand; numbers read best at the right.
    public enum Side: Sendable { case left, right }

    private let headers: [String]
    private let sides: [Side]
    private var rows: [[String]] = []

    /// A table without rows.
    public init(_ columns: [(header: String, side: Side)]) {
        headers = columns.map(\.header)
        sides = columns.map(\.side)
    }

    /// All columns at the left.
    public init(_ headers: String...) { self.init(headers.map { ($0, .left) }) }

    /// Adds a row; it has as many cells as there are columns.
    public mutating func append(_ cells: [String]) {
        precondition(cells.count == headers.count, "a row of \(cells.count) cells for \(headers.count) columns")
        rows.append(cells.map(oneLine))
    }

    public var isEmpty: Bool { rows.isEmpty }

    /// Headers and rows, one line each, without a line end after the last.
    public var text: String {
        let lines = [headers.map(oneLine)] + rows
        let widths = headers.indices.map { column in lines.map { displayWidth($0[column]) }.max() ?? 0 }
        return lines.map { line in
            let cells = line.indices.map { column in padded(line[column], to: widths[column], sides[column]) }
            return cells.joined(separator: "  ").trimmingSuffix(" ")
        }.joined(separator: "\n")
    }

    private func padded(_ cell: String, to width: Int, _ side: Side) -> String {
        let space = String(repeating: " ", count: width - displayWidth(cell))
        return side == .left ? cell + space : space + cell
    }
}

/// A cell that holds line ends or other control characters (headers in spreadsheets do) shows them as `⏎` and `·`: no cell breaks the table,
/// moves the cursor or turns the direction of writing.
private func oneLine(_ cell: String) -> String {
    var shown = String.UnicodeScalarView()
    for scalar in cell.replacing("\r\n", with: "\n").unicodeScalars {
        switch scalar {
        case "\n": shown.append("⏎")
        case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": shown.append("·")
        case _ where scalar.properties.generalCategory == .control: shown.append("·")
        default: shown.append(scalar)
        }
    }
    return String(shown)
}

extension String {
    fileprivate func trimmingSuffix(_ character: Character) -> String {
        var text = self[...]
        while text.last == character { text.removeLast() }
        return String(text)
    }
}
