/// One row as the source gave it, before anything is decided about it.
///
/// A source fills one value and hands it out again and again, so reading a million rows makes no million arrays:
/// all cells share one run of bytes. Whoever wants to keep a row copies it.
public struct SourceRow: Sendable {
    public enum Kind: UInt8, Sendable {
        /// Nothing is in the cell; a source that knows only text (CSV) gives this for "".
        case empty
        case text
        /// The digits of a JSON number, as the source wrote them.
        case number
        /// `true` or `false`.
        case boolean
        /// Nobody knows what is in the cell: the part of the source that would say could not be read. Not the same as empty (invariant 6).
        case absent
        /// A cell the source itself could not compute: the bytes are its word for it, as in `#REF!`.
        case error
    }

    public struct Cell: Sendable {
        public var kind: Kind
        var start: Int32
        var end: Int32
        /// What people see in the cell, where the source was asked for it (a number shown as `090-1234`).
        var shownStart: Int32 = 0
        var shownEnd: Int32 = 0

        /// A cell whose content is `bytes[start..<end]` of its row.
        public init(kind: Kind, start: Int32, end: Int32) { (self.kind, self.start, self.end) = (kind, start, end) }

        /// Where its content lies in the row's bytes.
        public var range: Range<Int> { Int(start)..<Int(end) }
    }

    /// Counts from 1 as the source shows it: the sheet's row, the line of a file where the record begins.
    public private(set) var number = 0
    public private(set) var bytes: [UInt8] = []
    public private(set) var cells: [Cell] = []

    public init() {}

    /// Forgets the cells and keeps the memory.
    public mutating func begin(number: Int) {
        self.number = number
        bytes.removeAll(keepingCapacity: true)
        cells.removeAll(keepingCapacity: true)
    }

    /// - Parameter content: valid UTF-8.
    public mutating func append(_ kind: Kind, _ content: some Sequence<UInt8>) {
        let start = Int32(bytes.count)
        bytes.append(contentsOf: content)
        cells.append(Cell(kind: kind, start: start, end: Int32(bytes.count)))
    }

    public mutating func append(_ kind: Kind, _ content: UnsafeRawBufferPointer) {
        let start = Int32(bytes.count)
        bytes.append(contentsOf: content)
        cells.append(Cell(kind: kind, start: start, end: Int32(bytes.count)))
    }

    public mutating func appendEmpty() { appendNothing(.empty) }
    public mutating func appendAbsent() { appendNothing(.absent) }

    private mutating func appendNothing(_ kind: Kind) {
        let here = Int32(bytes.count)
        cells.append(Cell(kind: kind, start: here, end: here))
    }

    /// Replaces the row by a record that lies in one piece: one copy a row where a copy a cell would cost more than the parsing.
    /// - Parameters:
    ///   - record: all bytes the cells point into; those of cells valid UTF-8.
    ///   - cells: ranges of `record`.
    public mutating func fill(number: Int, record: UnsafeRawBufferPointer, cells: UnsafeBufferPointer<Cell>) {
        begin(number: number)
        bytes.append(contentsOf: record)
        self.cells.append(contentsOf: cells)
    }

    /// Adds what people see to the cell appended last.
    public mutating func show(_ text: some Sequence<UInt8>) {
        guard let last = cells.indices.last else { return }
        cells[last].shownStart = Int32(bytes.count)
        bytes.append(contentsOf: text)
        cells[last].shownEnd = Int32(bytes.count)
    }

    /// A ragged row: cells that the source left out at the end are empty.
    public mutating func pad(to width: Int) {
        while cells.count < width { appendEmpty() }
    }

    public func kind(_ column: Int) -> Kind { column < cells.count ? cells[column].kind : .empty }

    public func text(_ column: Int) -> String {
        guard column < cells.count else { return "" }
        return String(decoding: bytes[Int(cells[column].start)..<Int(cells[column].end)], as: UTF8.self)
    }

    public func shown(_ column: Int) -> String? {
        guard column < cells.count, cells[column].shownEnd > cells[column].shownStart else { return nil }
        return String(decoding: bytes[Int(cells[column].shownStart)..<Int(cells[column].shownEnd)], as: UTF8.self)
    }

    /// Where the cell's content stands in `bytes`; empty beyond the row's end.
    public func range(_ column: Int) -> Range<Int> { column < cells.count ? Int(cells[column].start)..<Int(cells[column].end) : 0..<0 }
    public func shownRange(_ column: Int) -> Range<Int> { Int(cells[column].shownStart)..<Int(cells[column].shownEnd) }
}
