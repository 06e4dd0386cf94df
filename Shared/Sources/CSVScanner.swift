import Mapping

/// Finds the cells of one CSV record (RFC 4180, https://www.rfc-editor.org/rfc/rfc4180) in bytes, sixteen at a time.
///
/// Works on bytes because "\r\n" is one Character in Swift. LF, CR LF and CR each end a record, also mixed in one file; inside quotes they
/// belong to the cell. Pure: it knows no file, so every cut and every garbage can be tried on it.
struct CSVScanner {
    static let quote = UInt8(ascii: "\"")
    static let lineFeed = UInt8(ascii: "\n"), carriageReturn = UInt8(ascii: "\r")
    /// Readable bytes needed behind the last one.
    static let padding = 16

    let delimiter: UInt8

    struct Record {
        /// Where the next record begins.
        var next: Int
        /// Where this record's content ends, without its line break.
        var end: Int
        var cells: Int
        /// Line breaks passed, inside of cells and at the end.
        var lineBreaks: Int
        /// Something beyond ASCII may be in it.
        var needsValidation: Bool
        /// It holds a quote that stands for itself (`""`).
        var holdsQuotes: Bool
        /// A line break followed: it is not the last line of a cut file.
        var isTerminated: Bool
    }

    enum Found {
        case record(Record)
        /// The bytes end within the record.
        case needsMore
        /// There are more cells than places for them.
        case tooManyCells(lineBreaks: Int)
        case problem(CSVProblem, at: Int, lineBreaks: Int, cell: Int)
    }

    /// - Parameters:
    ///   - bytes: begin with the record; `padding` bytes behind them can be read.
    ///   - atEnd: nothing follows these bytes.
    ///   - cells: get the ranges, relative to the record; those of quoted cells still hold doubled quotes.
    func record(in bytes: UnsafeRawBufferPointer, atEnd: Bool, cells: UnsafeMutableBufferPointer<SourceRow.Cell>) -> Found {
        guard let base = bytes.baseAddress else { return .needsMore }
        let (count, places) = (bytes.count, cells.count)
        let delimiters = SIMD16(repeating: delimiter), quotes = SIMD16(repeating: Self.quote)
        let lineFeeds = SIMD16(repeating: Self.lineFeed), returns = SIMD16(repeating: Self.carriageReturn)
        let zeros = SIMD16<UInt8>(repeating: 0)
        var seen = zeros
        var found = 0, cellStart = 0, contentStart = 0, closedAt = -1, second = -1, lineBreaks = 0, breaksBeforeQuote = 0
        var isQuoted = false, holdsQuotes = false

        @inline(__always) func endCell(_ at: Int) -> Bool {
            guard found < places else { return false }
            let end = closedAt < 0 ? at : closedAt
            cells[found] = SourceRow.Cell(
                kind: contentStart == end ? .empty : .text, start: Int32(truncatingIfNeeded: contentStart), end: Int32(truncatingIfNeeded: end))
            found += 1
            cellStart = at + 1
            contentStart = cellStart
            closedAt = -1
            return true
        }

        var block = 0
        scanning: while block < count {
            let lane = base.loadUnaligned(fromByteOffset: block, as: SIMD16<UInt8>.self)
            seen |= lane
            let hits = (lane .== delimiters) .| (lane .== quotes) .| (lane .== lineFeeds) .| (lane .== returns) .| (lane .== zeros)
            let halves = unsafeBitCast(hits, to: SIMD2<UInt64>.self)
            for half in 0..<2 {
                var left = UInt64(littleEndian: halves[half]) & 0x0101_0101_0101_0101
                while left != 0 {
                    let at = block + half &* 8 + left.trailingZeroBitCount >> 3
                    left &= left &- 1
                    if at >= count { break scanning }
                    let byte = base.load(fromByteOffset: at, as: UInt8.self)
                    if byte == delimiter {
                        if isQuoted { continue }
                        if !endCell(at) { return .tooManyCells(lineBreaks: lineBreaks) }
                    } else if byte == Self.quote {
                        if at == second { continue }
                        if !isQuoted {
                            if at != cellStart { return .problem(.strayQuote, at: at, lineBreaks: lineBreaks, cell: found) }
                            (isQuoted, breaksBeforeQuote) = (true, lineBreaks)
                            contentStart = at + 1
                            continue
                        }
                        if at + 1 < count {
                            let next = base.load(fromByteOffset: at + 1, as: UInt8.self)
                            if next == Self.quote {
                                (second, holdsQuotes) = (at + 1, true)
                                continue
                            }
                            if next != delimiter, next != Self.lineFeed, next != Self.carriageReturn {
                                return .problem(next == 0 ? .zeroByte : .textAfterQuote, at: at + 1, lineBreaks: lineBreaks, cell: found)
                            }
                        }  // Else it closes the cell, or more is read and the record scanned again.
                        isQuoted = false
                        closedAt = at
                    } else if byte == 0 {
                        return .problem(.zeroByte, at: at, lineBreaks: lineBreaks, cell: found)
                    } else if isQuoted {
                        let isSecondHalf = byte == Self.lineFeed && base.load(fromByteOffset: at - 1, as: UInt8.self) == Self.carriageReturn
                        lineBreaks += isSecondHalf ? 0 : 1
                    } else {
                        var next = at + 1
                        if byte == Self.carriageReturn {
                            if next == count {
                                if !atEnd { return .needsMore }
                            } else if base.load(fromByteOffset: next, as: UInt8.self) == Self.lineFeed {
                                next += 1
                            }
                        }
                        if !endCell(at) { return .tooManyCells(lineBreaks: lineBreaks) }
                        return .record(
                            Record(
                                next: next, end: at, cells: found, lineBreaks: lineBreaks + 1, needsValidation: seen.max() >= 0x80,
                                holdsQuotes: holdsQuotes, isTerminated: true))
                    }
                }
            }
            block += 16
        }
        guard atEnd else { return .needsMore }
        if isQuoted { return .problem(.openQuote, at: contentStart - 1, lineBreaks: breaksBeforeQuote, cell: found) }
        if !endCell(count) { return .tooManyCells(lineBreaks: lineBreaks) }
        return .record(
            Record(
                next: count, end: count, cells: found, lineBreaks: lineBreaks, needsValidation: seen.max() >= 0x80, holdsQuotes: holdsQuotes,
                isTerminated: false))
    }

    /// Makes one quote of two in the quoted cells, where they lie.
    static func undoubleQuotes(_ record: UnsafeMutableRawBufferPointer, _ cells: UnsafeMutableBufferPointer<SourceRow.Cell>) {
        for index in cells.indices {
            let range = cells[index].range
            guard range.lowerBound > 0, record[range.lowerBound - 1] == quote, !range.isEmpty else { continue }
            var from = range.lowerBound, to = from
            while from < range.upperBound {
                record[to] = record[from]
                from += record[from] == quote ? 2 : 1
                to += 1
            }
            cells[index] = SourceRow.Cell(kind: cells[index].kind, start: Int32(range.lowerBound), end: Int32(to))
        }
    }
}
