/// A tab of a spreadsheet: its name and its cells, the header row among them.
///
/// The stand-in for Google serves it, the CSV writer writes it, and tests change it between two runs.
public struct SheetGrid: Sendable, Equatable {
    /// The name of the tab: `買主リスト`.
    public var tab: String
    /// Every row from the sheet's row 1 on. Rows may be ragged: what is missing at the end is empty.
    public var rows: [[SheetCell]]

    public init(tab: String, rows: [[SheetCell]]) { (self.tab, self.rows) = (tab, rows) }

    /// A grid of texts, the header first; "" is an empty cell.
    public init(tab: String, header: [String], rows: [[String]]) {
        self.init(tab: tab, rows: ([header] + rows).map { $0.map(SheetCell.text) })
    }

    /// The widest row.
    public var width: Int { rows.map(\.count).max() ?? 0 }

    /// A cell by the numbers people use: row from 1, column from 0. Outside of the grid every cell is empty; writing there makes the grid grow.
    public subscript(row row: Int, column column: Int) -> SheetCell {
        get { rows.indices.contains(row - 1) && rows[row - 1].indices.contains(column) ? rows[row - 1][column] : .empty }
        set {
            while rows.count < row { rows.append([]) }
            while rows[row - 1].count <= column { rows[row - 1].append(.empty) }
            rows[row - 1][column] = newValue
        }
    }

    /// The texts of a row as they are shown: of the header row, the column names.
    public func texts(row: Int) -> [String] { rows.indices.contains(row - 1) ? rows[row - 1].map(\.shown) : [] }

    public static func == (a: SheetGrid, b: SheetGrid) -> Bool { a.tab.utf8.elementsEqual(b.tab.utf8) && a.rows == b.rows }
}
