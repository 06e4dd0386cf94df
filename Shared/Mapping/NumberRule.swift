import Text

/// A number as people write it: `23800000`, `2,380`, `３．８万円`, `約2380万`, `1億2000万円`, `5千`.
///
/// 万 and its kin are multiplied out in decimal digits. A percentage, a range, a note beside the number are refused, not guessed at.
func readNumber(_ cell: CellContent, _ notes: inout CoercionSet) throws(InvalidCell) -> DecimalText {
    switch cell.kind {
    case .number: return try DecimalText(json: cell.bytes)
    case .empty, .absent, .boolean, .error: throw .notANumber
    case .text: break
    }
    let isSigned = cell.bytes.first == UInt8(ascii: "-")
    if var plain = DecimalText(plain: isSigned ? cell.bytes.dropFirst() : cell.bytes[...]) {
        plain.isNegative = isSigned
        return plain
    }
    var text = NumberScanner(try oneWidth(cell.bytes, &notes, else: .notANumber))
    text.skipSpaces()
    for mark in ["約", "概算"] where text.accept(mark) { notes.note(.approximationDropped) }
    text.skipSpaces()
    var isNegative = text.accept("-") || text.accept("\u{2212}")
    if text.accept("¥") { notes.note(.separatorsDropped) }
    if !isNegative { isNegative = text.accept("-") || text.accept("\u{2212}") }
    var number = try text.number(&notes)
    number.isNegative = isNegative
    if text.accept("円") { notes.note(.separatorsDropped) }
    text.skipSpaces()
    guard text.isAtEnd else { throw .notANumber }
    return number
}

/// NFKC, noted when it changed something.
func oneWidth(_ bytes: [UInt8], _ notes: inout CoercionSet, else rule: InvalidCell) throws(InvalidCell) -> String {
    if bytes.allSatisfy({ $0 < 0x80 }) { return String(decoding: bytes, as: UTF8.self) }
    guard let composed = bytes.withUnsafeBufferPointer({ nfkc($0) }) else { throw rule }
    if composed != bytes { notes.note(.widthFolded) }
    return String(decoding: composed, as: UTF8.self)
}

/// Walks over a number's text; scalars, since `Character` would join a digit with a mark after it.
private struct NumberScanner {
    private let scalars: [Unicode.Scalar]
    private var index = 0
    /// Longest first, so that 千万 is not taken for 千.
    private static let units: [(word: String, exponent: Int)] = [("千万", 7), ("百万", 6), ("億", 8), ("万", 4), ("千", 3)]

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    var isAtEnd: Bool { index == scalars.count }

    mutating func skipSpaces() { while index < scalars.count, scalars[index].properties.isWhitespace { index += 1 } }

    mutating func accept(_ word: String) -> Bool {
        let wanted = Array(word.unicodeScalars)
        guard scalars[index...].starts(with: wanted) else { return false }
        index += wanted.count
        return true
    }

    /// One part, or several with falling units: 1億2000万.
    mutating func number(_ notes: inout CoercionSet) throws(InvalidCell) -> DecimalText {
        var sum = DecimalText()
        var exponentBefore = Int.max
        while true {
            var part = try digits(&notes)
            let hasFraction = part.scale > 0
            guard let unit = NumberScanner.units.first(where: { accept($0.word) }) else {
                sum.add(part)
                return sum
            }
            guard unit.exponent < exponentBefore else { throw .notANumber }
            notes.note(.unitMultiplied)
            part.shift(by: unit.exponent)
            sum.add(part)
            exponentBefore = unit.exponent
            guard index < scalars.count, scalars[index].isASCII, isDigit(UInt8(ascii: scalars[index])) else { return sum }
            if hasFraction { throw .notANumber }
        }
    }

    /// Digits, with commas only where thousands are.
    private mutating func digits(_ notes: inout CoercionSet) throws(InvalidCell) -> DecimalText {
        var text: [UInt8] = []
        var groups: [Int] = [0]
        while index < scalars.count, scalars[index].isASCII {
            let byte = UInt8(ascii: scalars[index])
            if isDigit(byte), !text.contains(UInt8(ascii: ".")) {
                groups[groups.count - 1] += 1
            } else if byte == UInt8(ascii: ","), !text.contains(UInt8(ascii: ".")) {
                groups.append(0)
            } else if !isDigit(byte), byte != UInt8(ascii: ".") {
                break
            }
            if byte != UInt8(ascii: ",") { text.append(byte) }
            index += 1
        }
        if groups.count > 1 {
            guard (1...3).contains(groups[0]), groups.dropFirst().allSatisfy({ $0 == 3 }) else { throw .notANumber }
            notes.note(.separatorsDropped)
        }
        guard let number = DecimalText(plain: text[...]) else { throw .notANumber }
        return number
    }
}
