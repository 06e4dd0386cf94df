import Mapping
import SampleData
import Sources
import Testing

/// What every source must do, whatever it reads; a new connector passes this before it has tests of its own.
///
///     @Test(arguments: SourceConformance.Rule.allCases)
///     func `a CSV file keeps the rule`(rule: SourceConformance.Rule) async throws {
///         try await SourceConformance(keeps: .shownText) { grid in … }.check(rule)
///     }
public struct SourceConformance: Sendable {
    /// A place that holds a grid, and the source that reads it.
    public struct Stage: Sendable {
        public let source: any Source
        /// What the source calls the columns, in a place whose columns have names of its own; its rows are then counted from 1. Nil: as in the grid.
        public let names: [String]?
        /// Puts another grid into the same place, as people do while a run is on.
        public let change: @Sendable (SheetGrid) async throws -> Void

        public init(_ source: any Source, names: [String]? = nil, change: @escaping @Sendable (SheetGrid) async throws -> Void) {
            (self.source, self.names, self.change) = (source, names, change)
        }

        var firstRow: Int { names == nil ? 2 : 1 }
    }

    /// How much of a cell the place can hold.
    public enum Kept: Sendable {
        /// Text only, as people see it: CSV.
        case shownText
        /// Texts, numbers, booleans and errors as they are.
        case kinds
    }

    public enum Rule: String, Sendable, CaseIterable, CustomTestStringConvertible {
        case header = "the header is as written, byte for byte, equal names too"
        case order = "every row comes in order under its own number, blank ones too"
        case padding = "ragged rows are padded to the header"
        case bytes = "every cell keeps its bytes and its kind"
        case secondRead = "a second read gives the same"
        case changed = "a source that changed gives the old rows or says that it changed"
        case empty = "a header alone is an empty table, fully read"
        case address = "an address tells where a person finds the cell"
        case expected = "after a read the number of rows expected is that of the rows"
        case cancelled = "a cancelled read ends as cancelled"
        case refused = "what the taker throws ends the read and comes out as it is"

        public var testDescription: String { rawValue }
    }

    struct TakerStopped: Error, Equatable {}

    let kept: Kept
    let stage: @Sendable (SheetGrid) async throws -> Stage

    /// - Parameter stage: makes a place of its own that holds the grid: tests run side by side.
    public init(keeps kept: Kept, stage: @escaping @Sendable (SheetGrid) async throws -> Stage) { (self.kept, self.stage) = (kept, stage) }

    public func check(_ rule: Rule) async throws {
        let grid = rule == .empty ? ConformanceGrids.headerOnly : rule == .bytes || rule == .header ? ConformanceGrids.hostile : ConformanceGrids.plain
        let stage = try await stage(grid)
        let header = try await stage.source.open()
        switch rule {
        case .header:
            #expect(header.map { Array($0.utf8) } == (stage.names ?? grid.texts(row: 1)).map { Array($0.utf8) })
        case .order:
            let read = try await readAll(stage.source)
            #expect(read.rows.map(\.number) == Array(stage.firstRow..<stage.firstRow + grid.rows.count - 1))
            #expect(read.rows.map { $0.cells[0] } == grid.rows.dropFirst().map { expected($0.first ?? .empty) })
        case .padding:
            let read = try await readAll(stage.source)
            #expect(Set(grid.rows.map(\.count)).count > 1)
            #expect(read.rows.allSatisfy { $0.cells.count == header.count })
            #expect(read.rows.map(\.cells) == grid.rows.indices.dropFirst().map { row in header.indices.map { expected(grid[row: row + 1, column: $0]) } })
        case .bytes:
            let read = try await readAll(stage.source)
            #expect(read.rows.map(\.cells) == grid.rows.indices.dropFirst().map { row in header.indices.map { expected(grid[row: row + 1, column: $0]) } })
        case .secondRead:
            let (first, second) = (try await readAll(stage.source), try await readAll(stage.source))
            #expect(first.rows == second.rows && first.rows.count == grid.rows.count - 1)
            #expect(first.certificate == second.certificate)
            try certified(first.certificate, rows: grid.rows.count - 1)
        case .changed: try await checkChanged(stage, from: grid)
        case .empty:
            let read = try await readAll(stage.source)
            #expect(read.rows.isEmpty)
            try certified(read.certificate, rows: 0)
        case .address:
            let (place, word) = stage.names.map { (1, $0[1]) } ?? (7, "H")
            let (row, cell) = (stage.source.address(row: 4_120, column: nil), stage.source.address(row: 4_120, column: place))
            #expect(row.contains("4120") && cell.contains("4120"))
            #expect(cell.contains(word) && cell != stage.source.address(row: 4_120, column: place + 1))
        case .expected:
            _ = try await readAll(stage.source)
            let count = await stage.source.rowsExpected
            #expect(count == nil || count == grid.rows.count - 1)
        case .cancelled:
            let source = stage.source
            let reading = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                _ = try await source.rows { _ in }
            }
            await #expect(throws: CancellationError.self) { try await reading.value }
        case .refused:
            var taken = 0
            await #expect(throws: TakerStopped()) {
                _ = try await stage.source.rows { _ in
                    taken += 1
                    if taken == 2 { throw TakerStopped() }
                }
            }
            #expect(taken == 2)
        }
    }

    private func certified(_ certificate: ReadCertificate, rows: Int) throws {
        #expect(certificate.isComplete)
        #expect(certificate.rows == rows)
        #expect(!certificate.stamp.isEmpty && certificate.pages > 0)
    }

    private func checkChanged(_ stage: Stage, from grid: SheetGrid) async throws {
        let first = try await readAll(stage.source)
        var other = grid
        other[row: 3, column: 1] = .text("edited")
        try await stage.change(other)
        do {
            let second = try await readAll(stage.source)
            #expect(second.rows == first.rows)
        } catch let error as SourceError {
            #expect(error.kind == .changed)
        }
        // The next run, with a source of its own, sees the edit.
        _ = try await stage.source.open()
        let next = try await readAll(stage.source)
        #expect(next.rows.first { $0.number == stage.firstRow + 1 }?.cells[1] == ReadCell(kind: .text, bytes: Array("edited".utf8)))
    }

    private func expected(_ cell: SheetCell) -> ReadCell {
        switch (kept, cell.content) {
        case (_, .empty): ReadCell(kind: .empty, bytes: [])
        case (.shownText, _): ReadCell(kind: cell.shown.isEmpty ? .empty : .text, bytes: Array(cell.shown.utf8))
        case (.kinds, .text): ReadCell(kind: .text, bytes: Array(cell.text.utf8))
        case (.kinds, .number): ReadCell(kind: .number, bytes: Array(cell.text.utf8))
        case (.kinds, .boolean(let value)): ReadCell(kind: .boolean, bytes: Array(String(value).utf8))
        case (.kinds, .error): ReadCell(kind: .error, bytes: Array(cell.text.utf8))
        }
    }
}

/// A cell as a source handed it out; equal means equal bytes.
struct ReadCell: Equatable {
    let kind: SourceRow.Kind
    let bytes: [UInt8]
}

struct NumberedCells: Equatable {
    let number: Int
    let cells: [ReadCell]
}

func readAll(_ source: any Source) async throws -> (rows: [NumberedCells], certificate: ReadCertificate) {
    var rows: [NumberedCells] = []
    let certificate = try await source.rows { row in
        rows.append(NumberedCells(number: row.number, cells: row.cells.indices.map { ReadCell(kind: row.kind($0), bytes: Array(row.bytes[row.range($0)])) }))
    }
    return (rows, certificate)
}
