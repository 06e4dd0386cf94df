import Pipelines

/// The form in which a record carries a type. Most cells of most files stand in it already, and then there is nothing for a rule to do:
/// such a cell goes from the source's bytes to the record's bytes as it is. Everything else takes the way of the rules, which give the same.
enum CarriedForm: Sendable {
    /// No short way: keys, joined cells, tiers, times.
    case none
    case text
    /// `-12`, `0`: what `bigint` surely holds, without leading zeros or a sign on zero.
    case integer
    /// `-12.50`, `0.5`.
    case decimal
    /// One of a few words; see `ShortWords`.
    case boolean
    /// `2025-01-05`, a day of the calendar.
    case date

    init(_ mapping: ColumnMapping, isKey: Bool, cells: Int) {
        guard !isKey, cells == 1, mapping.tiers.isEmpty else {
            self = .none
            return
        }
        self =
            switch mapping.type {
            case .text: mapping.trims || mapping.format != nil ? .none : .text
            case .integer: .integer
            case .decimal: .decimal
            case .boolean: .boolean
            case .date: .date
            case .time, .timestamp, .json: .none
            }
    }
}

/// How many digits stand before and after the decimal point of a number in carried form; nil for anything else.
/// - Parameter text: of at most 18 digits, which both `bigint` and a tally of digits hold.
@inline(__always)
func carriedNumber(_ text: UnsafeRawBufferPointer) -> (whole: Int, fraction: Int)? {
    var index = 0
    if text.first == UInt8(ascii: "-") { index = 1 }
    let start = index
    while index < text.count, isDigit(text[index]) { index += 1 }
    let whole = index - start
    guard (1...18).contains(whole) else { return nil }
    let startsWithZero = text[start] == UInt8(ascii: "0")
    // A zero with a sign, or digits after a leading zero, are for the rules to mend.
    if startsWithZero, whole > 1 || start > 0 { return nil }
    guard index < text.count else { return (startsWithZero ? 0 : whole, 0) }
    guard text[index] == UInt8(ascii: ".") else { return nil }
    index += 1
    let point = index
    while index < text.count, isDigit(text[index]) { index += 1 }
    guard index == text.count, index > point, index - point <= 18 else { return nil }
    return (startsWithZero ? 0 : whole, index - point)
}

/// Whether the bytes are a day of the calendar in carried form.
func isCarriedDate(_ text: UnsafeRawBufferPointer) -> Bool {
    guard text.count == 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-") else { return false }
    func number(_ range: Range<Int>) -> Int? {
        var value = 0
        for index in range {
            guard isDigit(text[index]) else { return nil }
            value = value * 10 + Int(text[index] - UInt8(ascii: "0"))
        }
        return value
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10) else { return false }
    return CalendarDate(year: year, month: month, day: day) != nil
}
