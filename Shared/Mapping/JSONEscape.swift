/// Appends the text as a JSON string does, without the quotes around it; the same bytes as JSONText's writer makes.
///
/// The mapper's inner loop: 45 cells a row, no `String` for any of them.
/// - Returns: false when the text holds a NUL, which PostgreSQL can't store; nothing useful was appended then.
@inline(__always)
func appendEscaped(_ text: UnsafeRawBufferPointer, to json: inout [UInt8]) -> Bool {
    let stop = endOfPlainRun(text, from: 0)
    json.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[0..<stop]))
    return stop == text.count || appendRest(text, from: stop, to: &json)
}

/// The rare cell with a quote, a backslash or a control character.
@inline(never)
private func appendRest(_ text: UnsafeRawBufferPointer, from first: Int, to json: inout [UInt8]) -> Bool {
    var stop = first
    while stop < text.count {
        let byte = text[stop]
        switch byte {
        case 0: return false
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): json += [UInt8(ascii: "\\"), byte]
        case 0x0A: json += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
        case 0x0D: json += [UInt8(ascii: "\\"), UInt8(ascii: "r")]
        case 0x09: json += [UInt8(ascii: "\\"), UInt8(ascii: "t")]
        default: json += Array(#"\u00"#.utf8) + [hexDigit(byte >> 4), hexDigit(byte & 15)]
        }
        let next = endOfPlainRun(text, from: stop + 1)
        json.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[stop + 1..<next]))
        stop = next
    }
    return true
}

private func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10 }

/// Where the first byte that JSON escapes stands, or the end; eight bytes at a time.
@inline(__always)
private func endOfPlainRun(_ text: UnsafeRawBufferPointer, from start: Int) -> Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    var index = start
    while index + 8 <= text.count {
        let word = text.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        // A byte below 0x20, equal to `"` or equal to `\` raises its high bit; bytes from 0x80 on are plain.
        let quote = word ^ (ones &* 0x22)
        let backslash = word ^ (ones &* 0x5C)
        let found = ((word &- ones &* 0x20) | (quote &- ones) | (backslash &- ones)) & ~word & highs
        // A borrow can only mark a byte after one that is truly found, so the lowest mark is exact.
        if found != 0 { return index + found.trailingZeroBitCount / 8 }
        index += 8
    }
    while index < text.count, text[index] >= 0x20, text[index] != UInt8(ascii: "\""), text[index] != UInt8(ascii: "\\") { index += 1 }
    return index
}

/// Unicode scalars in UTF-8 text, which is what PostgreSQL's `varchar(n)` counts: every byte but those that continue one.
func characterCount(_ text: UnsafeRawBufferPointer) -> Int {
    var count = 0
    for byte in text where byte & 0xC0 != 0x80 { count += 1 }
    return count
}
