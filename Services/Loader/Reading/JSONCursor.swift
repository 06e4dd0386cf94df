import Glibc
import JSONText

/// Walks the bytes of one record that is written exactly as Rollcall writes records: no spaces, members in their order, plain strings.
///
/// Every step answers whether it found what it looked for. It never accepts what `JSONValue(parsing:)` refuses; what it does not
/// know it leaves to that parser, which is slower and complete.
struct JSONCursor {
    private let bytes: UnsafeRawBufferPointer
    private(set) var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    /// Zero stands for the end; a real NUL is refused wherever it stands.
    @inline(__always) var next: UInt8 { position < bytes.count ? bytes[position] : 0 }

    @inline(__always) mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    @inline(__always) mutating func take(_ literal: StaticString) -> Bool {
        take(UnsafeRawBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    @inline(__always) mutating func take(_ literal: [UInt8]) -> Bool { literal.withUnsafeBytes { take($0) } }

    @inline(__always) private mutating func take(_ literal: UnsafeRawBufferPointer) -> Bool {
        guard let expected = literal.baseAddress, let text = bytes.baseAddress, bytes.count - position >= literal.count,
            memcmp(text.advanced(by: position), expected, literal.count) == 0
        else { return false }
        position += literal.count
        return true
    }

    func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[range]) }

    /// The inside of a string without escapes, its opening quote already taken.
    mutating func restOfPlainString() -> Range<Int>? {
        let start = position
        let stop = endOfPlainRun(bytes.bindMemory(to: UInt8.self).span, from: start)
        guard stop < bytes.count, bytes[stop] == UInt8(ascii: "\"") else { return nil }
        position = stop + 1
        return start..<stop
    }

    mutating func plainString() -> Range<Int>? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        return restOfPlainString()
    }

    /// Copies a string's text, its opening quote already taken; `\u` escapes are left to the complete parser.
    /// - Precondition: `arena` has room for what is left of the record.
    mutating func restOfString(into arena: inout BatchArena) -> Bool {
        while true {
            let start = position
            position = endOfPlainRun(bytes.bindMemory(to: UInt8.self).span, from: start)
            arena.append(slice(start..<position))
            if take(UInt8(ascii: "\"")) { return true }
            guard take(UInt8(ascii: "\\")) else { return false }
            switch next {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): arena.append(next)
            case UInt8(ascii: "n"): arena.append(0x0A)
            case UInt8(ascii: "r"): arena.append(0x0D)
            case UInt8(ascii: "t"): arena.append(0x09)
            case UInt8(ascii: "b"): arena.append(0x08)
            case UInt8(ascii: "f"): arena.append(0x0C)
            default: return false
            }
            position += 1
        }
    }

    /// `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?`, https://www.rfc-editor.org/rfc/rfc8259#section-6
    mutating func number() -> Range<Int>? {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { guard digits() else { return nil } }
        if take(UInt8(ascii: ".")) { guard digits() else { return nil } }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard digits() else { return nil }
        }
        return start..<position
    }

    private mutating func digits() -> Bool {
        let start = position
        while next &- UInt8(ascii: "0") < 10 { position += 1 }
        return position > start
    }

    /// A whole number that is not negative and fits 64 bits.
    mutating func wholeNumber() -> Int64? {
        let start = position
        var value: Int64 = 0
        while next &- UInt8(ascii: "0") < 10 {
            let (tens, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, isStillTooLarge) = tens.addingReportingOverflow(Int64(next &- UInt8(ascii: "0")))
            guard !isTooLarge, !isStillTooLarge else { return nil }
            value = sum
            position += 1
        }
        let length = position - start
        guard length > 0, length == 1 || bytes[start] != UInt8(ascii: "0") else { return nil }
        return value
    }

    /// Steps over text or null.
    mutating func skipTextOrNull() -> Bool { take("null") || plainString() != nil }
}
