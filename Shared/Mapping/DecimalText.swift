/// A decimal number of any size, exactly as its digits say; `Double` would make 0.1 + 0.2 of them.
struct DecimalText: Equatable {
    var isNegative = false
    /// ASCII digits without leading zeros; empty for zero.
    var digits: [UInt8] = []
    /// How many of the digits stand after the decimal point, zeros written there among them.
    var scale = 0

    static let digitsMax = 400

    /// A JSON number; a fraction of zeros, as in `6666.0`, is none.
    init(json: [UInt8]) throws(InvalidCell) {
        var text = json[...]
        let exponentMark = text.firstIndex { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }
        let exponent = exponentMark.map { Int(String(decoding: text[($0 + 1)...], as: UTF8.self)) } ?? 0
        guard let exponent else { throw .notANumber }
        text = text[..<(exponentMark ?? text.endIndex)]
        if text.first == UInt8(ascii: "-") {
            isNegative = true
            text = text.dropFirst()
        }
        guard let plain = DecimalText(plain: text) else { throw .notANumber }
        (digits, scale) = (plain.digits, plain.scale)
        guard abs(exponent) < DecimalText.digitsMax else { throw .outOfRange }
        shift(by: exponent)
        while scale > 0, digits.last ?? UInt8(ascii: "0") == UInt8(ascii: "0") {
            _ = digits.popLast()
            scale -= 1
        }
        if digits.isEmpty { isNegative = false }
    }

    /// Digits with at most one point between them, nothing else; nil otherwise.
    init?(plain text: ArraySlice<UInt8>) {
        guard let first = text.first, let last = text.last, isDigit(first), isDigit(last), text.count <= DecimalText.digitsMax else { return nil }
        var hasPoint = false
        for byte in text {
            if byte == UInt8(ascii: "."), !hasPoint {
                hasPoint = true
            } else if isDigit(byte) {
                if hasPoint { scale += 1 }
                if !digits.isEmpty || byte != UInt8(ascii: "0") { digits.append(byte) }
            } else {
                return nil
            }
        }
    }

    init() {}

    /// Multiplies by a power of ten.
    mutating func shift(by exponent: Int) {
        scale -= exponent
        while scale < 0 {
            if !digits.isEmpty { digits.append(UInt8(ascii: "0")) }
            scale += 1
        }
    }

    /// Adds a number of the same sign.
    mutating func add(_ other: DecimalText) {
        var a = self
        var b = other
        let common = max(a.scale, b.scale)
        a.lengthen(to: common)
        b.lengthen(to: common)
        var sum: [UInt8] = []
        var carry: UInt8 = 0
        for place in 0..<max(a.digits.count, b.digits.count) {
            let total = a.digit(place) + b.digit(place) + carry
            sum.append(total % 10 + UInt8(ascii: "0"))
            carry = total / 10
        }
        if carry > 0 { sum.append(carry + UInt8(ascii: "0")) }
        (digits, scale) = (sum.reversed(), common)
    }

    private mutating func lengthen(to wanted: Int) {
        while scale < wanted {
            if !digits.isEmpty { digits.append(UInt8(ascii: "0")) }
            scale += 1
        }
    }

    /// The digit at this place from the right.
    private func digit(_ place: Int) -> UInt8 { place < digits.count ? digits[digits.count - 1 - place] - UInt8(ascii: "0") : 0 }

    /// As JSON and PostgreSQL's numeric write it: `-0.50`, `23800000`.
    var text: String {
        var padded = digits
        if padded.count <= scale { padded = [UInt8](repeating: UInt8(ascii: "0"), count: scale + 1 - padded.count) + padded }
        let whole = padded.dropLast(scale)
        let sign = isNegative && !digits.isEmpty ? "-" : ""
        let front = sign + String(decoding: whole, as: UTF8.self)
        return scale == 0 ? front : front + "." + String(decoding: padded.suffix(scale), as: UTF8.self)
    }

    /// Without a fraction, which must be zeros; at most what `bigint` holds.
    func wholeText() throws(InvalidCell) -> String {
        guard digits.suffix(scale).allSatisfy({ $0 == UInt8(ascii: "0") }) else { throw .notWhole }
        var whole = self
        whole.digits = scale < digits.count ? Array(digits.dropLast(scale)) : []
        whole.scale = 0
        guard Int64(whole.text) != nil else { throw .outOfRange }
        return whole.text
    }
}

extension DecimalText: Comparable {
    static func < (a: DecimalText, b: DecimalText) -> Bool {
        let isBelowZero = (a.isNegative && !a.digits.isEmpty, b.isNegative && !b.digits.isEmpty)
        if isBelowZero.0 != isBelowZero.1 { return isBelowZero.0 }
        return isBelowZero.0 ? magnitude(b, isBelow: a) : magnitude(a, isBelow: b)
    }

    private static func magnitude(_ a: DecimalText, isBelow b: DecimalText) -> Bool {
        var a = a
        var b = b
        let common = max(a.scale, b.scale)
        a.lengthen(to: common)
        b.lengthen(to: common)
        return a.digits.count != b.digits.count ? a.digits.count < b.digits.count : a.digits.lexicographicallyPrecedes(b.digits)
    }
}

func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
