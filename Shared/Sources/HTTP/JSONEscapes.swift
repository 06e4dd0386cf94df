/// Appends the meaning of a JSON string that holds escapes; false when an escape is none.
func appendUnescaped(_ text: Span<UInt8>, _ range: Range<Int>, to bytes: inout [UInt8]) -> Bool {
    var index = range.lowerBound
    func hexDigits(_ start: Int) -> UInt32? {
        guard start + 4 <= range.upperBound else { return nil }
        var value: UInt32 = 0
        for offset in start..<start + 4 {
            guard text[offset] < 0x80, let digit = Character(Unicode.Scalar(text[offset])).hexDigitValue else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }
    while index < range.upperBound {
        guard text[index] == UInt8(ascii: "\\") else {
            bytes.append(text[index])
            index += 1
            continue
        }
        guard index + 1 < range.upperBound else { return false }
        index += 2
        switch text[index - 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(text[index - 1])
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"):
            guard var code = hexDigits(index) else { return false }
            index += 4
            if (0xD800..<0xDC00).contains(code), index + 6 <= range.upperBound, text[index] == UInt8(ascii: "\\"),
                text[index + 1] == UInt8(ascii: "u"), let low = hexDigits(index + 2), (0xDC00..<0xE000).contains(low)
            {
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
                index += 6
            }
            guard let scalar = Unicode.Scalar(code) else { return false }  // A lone surrogate is no text.
            bytes.append(contentsOf: String(Character(scalar)).utf8)
        default: return false
        }
    }
    return true
}
