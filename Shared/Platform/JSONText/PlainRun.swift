/// The first `"`, `\` or control character at or after `start`, or the end.
public func endOfPlainRun(_ bytes: Span<UInt8>, from start: Int) -> Int {
    var index = start
    // Eight bytes at once: a byte's high bit is set in `stop` where it equals `"` or `\`, or is below 0x20.
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    let raw = bytes.bytes
    while index + 8 <= bytes.count {
        let word = unsafe UInt64(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
        let quote = word ^ (ones &* 0x22)
        let backslash = word ^ (ones &* 0x5C)
        let stop = ((quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (word &- ones &* 0x20) & ~word) & highs
        if stop != 0 { return index + stop.trailingZeroBitCount / 8 }
        index += 8
    }
    while index < bytes.count, bytes[index] >= 0x20, bytes[index] != 0x22, bytes[index] != 0x5C { index += 1 }
    return index
}
