/// A decimal number as text: sign, digits, point, digits, exponent; read without ever becoming a floating-point number.
struct NumberText {
    /// Of the digits before the point, leading zeros left out, the exponent applied.
    private(set) var integerDigits = 0
    /// Behind the point, trailing zeros left out, the exponent applied.
    private(set) var fractionDigits = 0

    /// - Returns: nil when the text is not such a number.
    init?(_ text: UnsafeRawBufferPointer) {
        var position = 0
        func next() -> UInt8 { position < text.count ? text[position] : 0 }
        func isDigit() -> Bool { next() &- UInt8(ascii: "0") < 10 }
        if next() == UInt8(ascii: "-") || next() == UInt8(ascii: "+") { position += 1 }
        // Places of the first and last digit that is not zero, counted from the point: units are 0, tenths -1.
        var seen = 0
        var firstNonZero: Int?
        var lastNonZero = 0
        while isDigit() {
            if next() != UInt8(ascii: "0") {
                firstNonZero = firstNonZero ?? seen
                lastNonZero = seen
            }
            seen += 1
            position += 1
        }
        let whole = seen
        if next() == UInt8(ascii: ".") {
            position += 1
            while isDigit() {
                if next() != UInt8(ascii: "0") {
                    firstNonZero = firstNonZero ?? seen
                    lastNonZero = seen
                }
                seen += 1
                position += 1
            }
        }
        guard seen > 0 else { return nil }
        var exponent = 0
        if next() | 0x20 == UInt8(ascii: "e") {
            position += 1
            let isNegative = next() == UInt8(ascii: "-")
            if isNegative || next() == UInt8(ascii: "+") { position += 1 }
            guard isDigit() else { return nil }
            while isDigit() {
                exponent = min(exponent * 10 + Int(next() - UInt8(ascii: "0")), 1_000_000)  // Larger ones are out of every range alike.
                position += 1
            }
            if isNegative { exponent = -exponent }
        }
        guard position == text.count else { return nil }
        guard let firstNonZero else { return }
        integerDigits = max(whole - firstNonZero + exponent, 0)
        fractionDigits = max(lastNonZero + 1 - whole - exponent, 0)
    }
}

extension ColumnType {
    static func integerProblem(_ value: UnsafeRawBufferPointer, _ range: ClosedRange<Int64>) -> ValueProblem? {
        let malformed = ValueProblem(sqlState: "22P02", message: "expected a whole number")
        var digits = value[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative || digits.first == UInt8(ascii: "+") { digits.removeFirst() }
        guard !digits.isEmpty, digits.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) else { return malformed }
        var number: Int64 = 0
        for digit in digits {
            let (tens, isTooLarge) = number.multipliedReportingOverflow(by: 10)
            let unit = Int64(digit - UInt8(ascii: "0"))
            let (next, isStillTooLarge) = tens.addingReportingOverflow(isNegative ? -unit : unit)
            guard !isTooLarge, !isStillTooLarge else { return outOfRange(range) }
            number = next
        }
        return range.contains(number) ? nil : outOfRange(range)
    }

    private static func outOfRange(_ range: ClosedRange<Int64>) -> ValueProblem {
        ValueProblem(sqlState: "22003", message: "expected a whole number of \(range.lowerBound)...\(range.upperBound)")
    }

    static func numericProblem(_ value: UnsafeRawBufferPointer, precision: Int?, scale: Int) -> ValueProblem? {
        guard let number = NumberText(value) else { return ValueProblem(sqlState: "22P02", message: "expected a decimal number") }
        guard let precision else { return nil }
        guard number.fractionDigits <= max(scale, 0) else {
            return ValueProblem(sqlState: "22003", message: "\(number.fractionDigits) digits behind the point; the column holds \(scale) and would round")
        }
        guard number.integerDigits <= precision - scale else {
            return ValueProblem(sqlState: "22003", message: "\(number.integerDigits) digits before the point; the column holds \(precision - scale)")
        }
        return nil
    }
}
