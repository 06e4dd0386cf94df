/// The bytes without Unicode white space at either end: U+3000 and U+00A0 as well as spaces, tabs and newlines.
func trimmingWhiteSpace(_ text: UnsafeRawBufferPointer) -> Range<Int> {
    var start = 0
    var end = text.count
    while start < end, case let width = whiteSpaceWidth(text, at: start, end), width > 0 { start += width }
    while start < end, case let width = whiteSpaceWidth(text, before: end, start), width > 0 { end -= width }
    return start..<end
}

func trimmingWhiteSpace(_ text: [UInt8]) -> [UInt8] {
    let range = text.withUnsafeBytes { trimmingWhiteSpace($0) }
    return range.count == text.count ? text : Array(text[range])
}

/// Whether the first character, which is not ASCII, has the first bytes of a white space; most text has not.
@inline(__always)
func mayBeWhiteSpace(_ text: UnsafeRawBufferPointer) -> Bool {
    switch text[0] {
    case 0xC2, 0xE1, 0xE2: true
    case 0xE3: text.count > 1 && text[1] == 0x80  // U+3000 is beside 、 and 「; kana and kanji begin otherwise.
    default: false
    }
}

/// How many bytes of white space begin here: 0, 1, 2 or 3.
private func whiteSpaceWidth(_ text: UnsafeRawBufferPointer, at index: Int, _ end: Int) -> Int {
    let first = text[index]
    if first < 0x80 { return isASCIIWhiteSpace(first) ? 1 : 0 }
    if first == 0xC2, index + 1 < end { return isWideSpace(first, text[index + 1]) ? 2 : 0 }
    if index + 2 < end { return isWideSpace(first, text[index + 1], text[index + 2]) ? 3 : 0 }
    return 0
}

private func whiteSpaceWidth(_ text: UnsafeRawBufferPointer, before end: Int, _ start: Int) -> Int {
    let last = text[end - 1]
    if last < 0x80 { return isASCIIWhiteSpace(last) ? 1 : 0 }
    if end - 2 >= start, isWideSpace(text[end - 2], last) { return 2 }
    if end - 3 >= start, isWideSpace(text[end - 3], text[end - 2], last) { return 3 }
    return 0
}

private func isASCIIWhiteSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

/// U+0085 and U+00A0.
private func isWideSpace(_ first: UInt8, _ second: UInt8) -> Bool { first == 0xC2 && (second == 0x85 || second == 0xA0) }

/// The other members of Unicode's White_Space: U+1680, U+2000...U+200A, U+2028, U+2029, U+202F, U+205F, U+3000.
private func isWideSpace(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Bool {
    switch (first, second, third) {
    case (0xE1, 0x9A, 0x80), (0xE3, 0x80, 0x80), (0xE2, 0x81, 0x9F), (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xA8), (0xE2, 0x80, 0xA9), (0xE2, 0x80, 0xAF): true
    default: false
    }
}
