import Mapping
import Pipelines
import Text

/// Reads the records of one CSV file, once, from its beginning, in constant memory.
struct CSVReader: ~Copyable {
    /// How much is held in memory; less than the default is for tests, which want records cut everywhere and limits met soon.
    struct Limits {
        /// Read at once; at least 64.
        var pieceBytes = 256 << 10
        /// Longest record read: a missing quote must not pull the whole file into memory (invariant 11).
        var recordBytesMax = 16 << 20
    }

    private static let cellsMax = 1 << 16

    private(set) var feed: CSVFeed
    /// The line on which the next record begins, from 1.
    private(set) var line = 1
    /// The record read last: whether a line break followed, and how many cells it really had.
    private(set) var isTerminated = true
    private(set) var cellsFound = 0
    /// How many cells a record has; shorter ones are padded, longer ones refused. Nil until the header is known.
    var width: Int?

    private let path: String
    private let limits: Limits
    private let scanner: CSVScanner
    private var memory: UnsafeMutableRawBufferPointer
    private var begin = 0
    private var end = 0
    private var isAtEnd = false
    private var cells: UnsafeMutableBufferPointer<SourceRow.Cell>

    init(_ definition: CSVDefinition, _ limits: Limits) throws(SourceError) {
        (path, self.limits) = (definition.path, limits)
        scanner = CSVScanner(delimiter: definition.delimiter)
        feed = try CSVFeed(definition, pieceBytes: limits.pieceBytes)
        memory = Self.memory(limits.pieceBytes)
        cells = .allocate(capacity: 256)
    }

    deinit {
        memory.deallocate()
        cells.deallocate()
    }

    /// Fills `row` with the next record; its number is the line it begins on.
    /// - Returns: false after the last one.
    /// - Throws: what is wrong with the file, unless it is being written, which then explains what is wrong.
    mutating func next(into row: inout SourceRow) throws(SourceError) -> Bool {
        do {
            return try parse(into: &row)
        } catch {
            try feed.file.checkUnchanged()
            throw error
        }
    }

    private mutating func parse(into row: inout SourceRow) throws(SourceError) -> Bool {
        while true {
            guard begin < end || !isAtEnd else { return false }
            let ahead = UnsafeMutableRawBufferPointer(rebasing: memory[begin..<end])
            let places = UnsafeMutableBufferPointer(rebasing: cells.prefix(width ?? cells.count))
            switch begin < end ? scanner.record(in: UnsafeRawBufferPointer(ahead), atEnd: isAtEnd, cells: places) : .needsMore {
            case .record(let record):
                try take(record, of: ahead, into: &row)
                return true
            case .needsMore:
                try refill()
            case .tooManyCells(let lineBreaks):
                if let width { throw problem(.tooManyCells(expected: width), line: line + lineBreaks, cell: nil) }
                guard cells.count < Self.cellsMax else { throw problem(.tooManyCells(expected: Self.cellsMax), line: line, cell: nil) }
                let wider = cells.count * 4
                cells.deallocate()
                cells = .allocate(capacity: wider)
            case .problem(let what, _, let lineBreaks, let cell):
                throw problem(what, line: line + lineBreaks, cell: cell)
            }
        }
    }

    private mutating func take(_ record: CSVScanner.Record, of ahead: UnsafeMutableRawBufferPointer, into row: inout SourceRow) throws(SourceError) {
        let content = UnsafeMutableRawBufferPointer(rebasing: ahead[..<record.end])
        if record.needsValidation, feed.encoding.decodedAs == nil, let wrong = firstInvalidUTF8(UnsafeRawBufferPointer(content)) {
            let offset = feed.file.bytesRead - (end - begin) + wrong
            let isCut = !record.isTerminated && content.count - wrong < 4
            let found = cells.prefix(record.cells).firstIndex { wrong < $0.range.upperBound }
            throw problem(isCut ? .cutCharacter(offset: offset) : .notUTF8(offset: offset), line: line + lineBreaks(content[..<wrong]), cell: found)
        }
        if record.holdsQuotes { CSVScanner.undoubleQuotes(content, UnsafeMutableBufferPointer(rebasing: cells[..<record.cells])) }
        let total = width ?? record.cells
        if record.cells < total {
            let here = SourceRow.Cell(kind: .empty, start: Int32(record.end), end: Int32(record.end))
            for missing in record.cells..<total { cells[missing] = here }
        }
        row.fill(number: line, record: UnsafeRawBufferPointer(content), cells: UnsafeBufferPointer(rebasing: cells[..<total]))
        begin += record.next
        line += record.lineBreaks
        (isTerminated, cellsFound) = (record.isTerminated, record.cells)
    }

    /// Brings more bytes behind those of the record that is not yet complete.
    private mutating func refill() throws(SourceError) {
        let left = end - begin
        if left > memory.count / 2 {
            guard left < limits.recordBytesMax else { throw problem(.tooLong(bytesMax: limits.recordBytesMax), line: line, cell: nil) }
            let larger = Self.memory((memory.count - CSVScanner.padding) * 2)
            larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[begin..<end]))
            memory.deallocate()
            memory = larger
        } else if begin > 0 {
            UnsafeMutableRawBufferPointer(rebasing: memory[..<left]).copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[begin..<end]))
        }
        (begin, end) = (0, left)
        let got = try feed.fill(UnsafeMutableRawBufferPointer(rebasing: memory[end..<memory.count - CSVScanner.padding]))
        end += got
        guard got == 0 else { return }
        if let stopped = feed.problem { throw problem(stopped, line: line + lineBreaks(memory[begin..<end]), cell: nil) }
        isAtEnd = true
    }

    /// How many records the file has, guessed from those at hand.
    var recordsGuessed: Int {
        let breaks = lineBreaks(memory[begin..<end])
        guard !isAtEnd, feed.file.bytesRead < feed.file.stamp.size, feed.file.bytesRead > 0 else { return breaks }
        return breaks * feed.file.stamp.size / feed.file.bytesRead
    }

    private func lineBreaks(_ bytes: Slice<UnsafeMutableRawBufferPointer>) -> Int {
        var breaks = 0, last: UInt8 = 0
        for byte in bytes {
            if byte == CSVScanner.carriageReturn || byte == CSVScanner.lineFeed && last != CSVScanner.carriageReturn { breaks += 1 }
            last = byte
        }
        return breaks
    }

    private func problem(_ what: CSVProblem, line: Int, cell: Int?) -> SourceError {
        let column = cell.map { "column \($0 + 1) (\(columnLetters($0))): " } ?? ""
        return SourceError(.unusable, place: "\(path):\(line)", column + what.sentence)
    }

    private static func memory(_ bytes: Int) -> UnsafeMutableRawBufferPointer {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes + CSVScanner.padding, alignment: 16)
        memory.initializeMemory(as: UInt8.self, repeating: 0)
        return memory
    }
}
