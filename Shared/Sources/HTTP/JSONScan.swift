/// Walks over a JSON text and says where its scalars are, so that millions of cells need no million values.
///
/// Refuses what is not JSON (RFC 8259): an answer that was cut must never pass for a short one.
struct JSONScan {
    /// Where a scalar is, without its quotes, and what it is.
    enum Scalar {
        case string(Range<Int>, hasEscapes: Bool)
        case number(Range<Int>)
        case boolean(Bool)
        case null
    }

    /// At this byte the text is not JSON, or not the shape expected.
    struct Problem: Error {
        let offset: Int
        let expected: String
    }

    private(set) var position: Int

    init(at position: Int = 0) { self.position = position }

    mutating func takes(_ byte: UInt8, _ text: Span<UInt8>) -> Bool {
        skipSpace(text)
        guard position < text.count, text[position] == byte else { return false }
        position += 1
        return true
    }

    mutating func expect(_ byte: UInt8, _ text: Span<UInt8>) throws(Problem) {
        guard takes(byte, text) else { throw problem("'\(Unicode.Scalar(byte))'") }
    }

    mutating func expectEnd(_ text: Span<UInt8>) throws(Problem) {
        skipSpace(text)
        guard position == text.count else { throw problem("the end") }
    }

    /// Calls `member` with each name; it must consume the value.
    mutating func object(
        _ text: Span<UInt8>, _ member: (inout JSONScan, Range<Int>) throws(Problem) -> Void
    ) throws(Problem) {
        try expect(UInt8(ascii: "{"), text)
        if takes(UInt8(ascii: "}"), text) { return }
        repeat {
            guard case .string(let name, _) = try scalar(text) else { throw problem("a name") }
            try expect(UInt8(ascii: ":"), text)
            try member(&self, name)
        } while takes(UInt8(ascii: ","), text)
        try expect(UInt8(ascii: "}"), text)
    }

    /// Calls `element` before each element; it must consume it.
    mutating func array(_ text: Span<UInt8>, _ element: (inout JSONScan) throws(Problem) -> Void) throws(Problem) {
        try expect(UInt8(ascii: "["), text)
        if takes(UInt8(ascii: "]"), text) { return }
        repeat { try element(&self) } while takes(UInt8(ascii: ","), text)
        try expect(UInt8(ascii: "]"), text)
    }

    mutating func skipValue(_ text: Span<UInt8>, depthMax: Int = 16) throws(Problem) {
        guard depthMax > 0 else { throw problem("less nesting") }
        skipSpace(text)
        switch position < text.count ? text[position] : 0 {
        case UInt8(ascii: "{"):
            try object(text) { (scan, _) throws(Problem) in try scan.skipValue(text, depthMax: depthMax - 1) }
        case UInt8(ascii: "["):
            try array(text) { (scan) throws(Problem) in try scan.skipValue(text, depthMax: depthMax - 1) }
        default: _ = try scalar(text)
        }
    }

    mutating func scalar(_ text: Span<UInt8>) throws(Problem) -> Scalar {
        skipSpace(text)
        guard position < text.count else { throw problem("a value") }
        switch text[position] {
        case UInt8(ascii: "\""): return try string(text)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number(text))
        case UInt8(ascii: "t"): return try word("true", .boolean(true), text)
        case UInt8(ascii: "f"): return try word("false", .boolean(false), text)
        case UInt8(ascii: "n"): return try word("null", .null, text)
        default: throw problem("a value")
        }
    }

    private mutating func string(_ text: Span<UInt8>) throws(Problem) -> Scalar {
        let start = position + 1
        var hasEscapes = false
        position = start
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: "\""):
                position += 1
                return .string(start..<position - 1, hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                position += 2
            case ..<0x20: throw problem("an escape for a control character")
            default: position += 1
            }
        }
        position = min(position, text.count)
        throw problem("the end of a string")
    }

    private mutating func number(_ text: Span<UInt8>) throws(Problem) -> Range<Int> {
        let start = position
        if text[position] == UInt8(ascii: "-") { position += 1 }
        let whole = try digits(text)
        guard whole == 1 || text[position - whole] != UInt8(ascii: "0") else { throw problem("a number without leading zero") }
        if position < text.count, text[position] == UInt8(ascii: ".") {
            position += 1
            _ = try digits(text)
        }
        if position < text.count, text[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < text.count, text[position] == UInt8(ascii: "+") || text[position] == UInt8(ascii: "-") { position += 1 }
            _ = try digits(text)
        }
        return start..<position
    }

    private mutating func digits(_ text: Span<UInt8>) throws(Problem) -> Int {
        let start = position
        while position < text.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[position]) { position += 1 }
        guard position > start else { throw problem("a digit") }
        return position - start
    }

    private mutating func word(_ word: StaticString, _ value: Scalar, _ text: Span<UInt8>) throws(Problem) -> Scalar {
        for index in 0..<word.utf8CodeUnitCount {
            guard position < text.count, text[position] == word.utf8Start[index] else { throw problem("\(word)") }
            position += 1
        }
        return value
    }

    private mutating func skipSpace(_ text: Span<UInt8>) {
        while position < text.count {
            switch text[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private func problem(_ expected: String) -> Problem { Problem(offset: position, expected: expected) }
}

/// An answer that is no text was cut or mangled on its way.
func checkUTF8(_ text: Span<UInt8>) throws(JSONScan.Problem) {
    do { _ = try UTF8Span(validating: text) } catch { throw JSONScan.Problem(offset: error.byteOffsets.lowerBound, expected: "UTF-8") }
}

/// Whether the bytes of `range` are `word`.
func spells(_ text: Span<UInt8>, _ range: Range<Int>, _ word: StaticString) -> Bool {
    guard range.count == word.utf8CodeUnitCount else { return false }
    for index in 0..<range.count where text[range.lowerBound + index] != word.utf8Start[index] { return false }
    return true
}
