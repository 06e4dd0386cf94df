import Hashing
import Mapping
import Pipelines
import Synchronization

/// A CSV file as a source: RFC 4180 on bytes, larger than memory if need be, read twice by a run and held to be the same both times.
///
/// How its completeness is known (invariant 7): before and after each read the path leads to the same file (device, inode) of the same size
/// and modification time, all bytes of that size were read, and their XXH3 is that of the first read. A file that ends within quotes or within
/// a character is refused. One whose last line has no line break and too few cells may be cut, so its certificate is not complete and nothing
/// is deleted. A file cut exactly after a record looks whole: guards are there for that, and writers should write beside and rename.
public final class CSVSource: Source {
    public let kind = "csv"
    private let definition: CSVDefinition
    private let name: String
    private let limits: CSVReader.Limits
    private let state = Mutex(State())

    private struct State {
        var header: [String]?
        var stamp: FileStamp?
        var contentHash: UInt64?
        var rowsExpected: Int?
    }

    public convenience init(_ definition: CSVDefinition) { self.init(definition, CSVReader.Limits()) }

    init(_ definition: CSVDefinition, _ limits: CSVReader.Limits) {
        (self.definition, self.limits) = (definition, limits)
        name = definition.path.split(separator: "/").last.map(String.init) ?? definition.path
    }

    public func open() async throws -> [String] {
        var reader = try CSVReader(definition, limits)
        var row = SourceRow()
        let header = try readHeader(&reader, &row)
        let (stamp, expected) = (reader.feed.file.stamp, reader.recordsGuessed)
        state.withLock { $0 = State(header: header, stamp: stamp, rowsExpected: expected) }
        return header
    }

    public func rows(_ take: (borrowing SourceRow) throws -> Void) async throws -> ReadCertificate {
        if state.withLock({ $0.header == nil }) { _ = try await open() }
        let known = state.withLock { $0 }
        var reader = try CSVReader(definition, limits)
        guard reader.feed.file.stamp == known.stamp else { throw StableFile.changed(definition.path) }
        var row = SourceRow()
        let header = try readHeader(&reader, &row)
        reader.width = header.count

        var rows = 0, piecesSeen = 0
        while try reader.next(into: &row) {
            if reader.feed.pieces != piecesSeen {
                try Task.checkCancellation()
                piecesSeen = reader.feed.pieces
            }
            try take(row)
            rows += 1
        }
        try reader.feed.file.checkReadWhole()
        let hash = reader.feed.file.contentHash
        guard known.contentHash == nil || known.contentHash == hash else { throw StableFile.changed(definition.path) }
        state.withLock { ($0.contentHash, $0.rowsExpected) = (hash, rows) }
        let mayBeCut = !reader.isTerminated && (rows == 0 || reader.cellsFound < header.count)
        return ReadCertificate(
            rows: rows, pages: reader.feed.pieces, stamp: "\(reader.feed.file.stamp) xxh3=\(hexadecimal(hash))", isComplete: !mayBeCut)
    }

    public var rowsExpected: Int? {
        get async { state.withLock { $0.rowsExpected } }
    }

    /// `buyers.csv:4120`, with a column `buyers.csv:4120, column 8 (H)`; the line as editors count it.
    public func address(row: Int, column: Int?) -> String {
        "\(name):\(row)" + (column.map { ", column \($0 + 1) (\(columnLetters($0)))" } ?? "")
    }

    /// Skips what stands above the header, and reads it.
    private func readHeader(_ reader: inout CSVReader, _ row: inout SourceRow) throws(SourceError) -> [String] {
        for record in 1...max(1, definition.headerRow) {
            guard try reader.next(into: &row) else {
                let problem =
                    record == 1
                    ? "is empty, it has not even a header" : "has \(record - 1) rows, but the header is expected in row \(definition.headerRow) (headerRow:)"
                throw SourceError(.unusable, place: definition.path, problem)
            }
        }
        let header = row.cells.indices.map { row.text($0) }
        if header.allSatisfy(\.isEmpty) {
            throw SourceError(
                .unusable, place: "\(definition.path):\(row.number)",
                "the header (row \(definition.headerRow)) is blank; set headerRow: to the row of the column names")
        }
        if header.count == 1, let other = likelierDelimiter(row.bytes) {
            throw SourceError(
                .unusable, place: "\(definition.path):\(row.number)",
                "the header is one cell, with \(other.count) \(other.name) in it; set delimiter: to that, or put the name in quotes if it is one name")
        }
        return header
    }

    /// A character that would have parted a header of one unquoted cell.
    private func likelierDelimiter(_ header: [UInt8]) -> (name: String, count: Int)? {
        guard header.first != CSVScanner.quote else { return nil }
        let candidates: [(UInt8, String)] = [
            (UInt8(ascii: ";"), "semicolons"), (UInt8(ascii: "\t"), "tabs"), (UInt8(ascii: "|"), "bars"), (UInt8(ascii: ","), "commas"),
        ]
        let found = candidates.filter { $0.0 != definition.delimiter }.map { candidate in (name: candidate.1, count: header.count { $0 == candidate.0 }) }
        return found.max { $0.count < $1.count }.flatMap { $0.count > 0 ? $0 : nil }
    }
}
