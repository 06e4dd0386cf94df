/// What a column of the target accepts, as far as the loader can tell before PostgreSQL does.
///
/// PostgreSQL's 22001, 22P02 and 22003 name no column and show the value, so the loader looks first (invariants 9, 10). It also refuses what
/// PostgreSQL would change without a word: digits rounded away, spaces cut off, a time of day or an offset dropped.
enum ColumnType: Sendable, Equatable {
    /// `text`, and `character varying` without a length.
    case text
    /// `character varying(n)`, `character(n)`: n counts characters, not bytes.
    case limitedText(charactersMax: Int)
    case integer(ClosedRange<Int64>)
    /// `numeric`; with a precision, digits in all and behind the point.
    case numeric(precision: Int?, scale: Int)
    case boolean
    case date
    case timestamp(isZoned: Bool, fractionDigitsMax: Int)
    case time(fractionDigitsMax: Int)
    /// Floating point, JSON, enumerations, domains, …: PostgreSQL decides.
    case other
}

/// Why a value cannot go where the change wants it, without the value.
struct ValueProblem: Equatable, Sendable {
    /// The SQLSTATE PostgreSQL has for it.
    let sqlState: String
    /// Names lengths and rules.
    let message: String
    /// In characters, where the length is what is wrong.
    var length: Int?
}

extension ColumnType {
    /// - Returns: nil when the value fits, or when only PostgreSQL can say.
    func problem(with value: UnsafeRawBufferPointer) -> ValueProblem? {
        switch self {
        case .text, .other: return nil
        case .limitedText(let charactersMax):
            guard value.count > charactersMax else { return nil }  // A character is at least one byte.
            let characters = ColumnType.characters(in: value)
            guard characters > charactersMax else { return nil }
            return ValueProblem(sqlState: "22001", message: "\(characters) characters; the column holds \(charactersMax)", length: characters)
        case .integer(let range): return ColumnType.integerProblem(value, range)
        case .numeric(let precision, let scale): return ColumnType.numericProblem(value, precision: precision, scale: scale)
        case .boolean:
            guard !ColumnType.isBoolean(value) else { return nil }
            return ValueProblem(sqlState: "22P02", message: "expected true or false")
        case .date:
            var text = TimeText(value)
            guard text.takeDate(), text.isAtEnd else { return ValueProblem(sqlState: "22007", message: "expected a date as YYYY-MM-DD") }
            return nil
        case .timestamp(let isZoned, let fractionDigitsMax): return ColumnType.timestampProblem(value, isZoned: isZoned, fractionDigitsMax: fractionDigitsMax)
        case .time(let fractionDigitsMax):
            var text = TimeText(value)
            guard text.takeTimeOfDay(fractionDigitsMax: fractionDigitsMax), text.isAtEnd else {
                return ValueProblem(sqlState: "22007", message: "expected a time as HH:MM:SS with at most \(fractionDigitsMax) digits of a second")
            }
            return nil
        }
    }

    /// As PostgreSQL counts them: bytes that begin a character of UTF-8.
    static func characters(in text: UnsafeRawBufferPointer) -> Int {
        var count = 0
        for byte in text where byte & 0xC0 != 0x80 { count += 1 }
        return count
    }

    private static func timestampProblem(_ value: UnsafeRawBufferPointer, isZoned: Bool, fractionDigitsMax: Int) -> ValueProblem? {
        var text = TimeText(value)
        guard text.takeDate() else { return ValueProblem(sqlState: "22007", message: "expected a time as YYYY-MM-DD HH:MM:SS") }
        if text.isAtEnd { return nil }
        guard text.takeSeparator(), text.takeTimeOfDay(fractionDigitsMax: fractionDigitsMax) else {
            return ValueProblem(sqlState: "22007", message: "expected a time as YYYY-MM-DD HH:MM:SS with at most \(fractionDigitsMax) digits of a second")
        }
        if text.isAtEnd { return nil }
        guard text.takeOffset(), text.isAtEnd else { return ValueProblem(sqlState: "22007", message: "expected Z or an offset as +HH:MM behind the time") }
        guard isZoned else {
            return ValueProblem(sqlState: "22007", message: "has an offset, which a timestamp without time zone would drop")
        }
        return nil
    }

    private static func isBoolean(_ value: UnsafeRawBufferPointer) -> Bool {
        // What the extractor writes, in one comparison each.
        if value.count >= 4 {
            let start = UInt32(littleEndian: value.loadUnaligned(as: UInt32.self))
            if start == 0x6575_7274, value.count == 4 { return true }  // true
            if start == 0x736C_6166, value.count == 5, value[4] == UInt8(ascii: "e") { return true }  // false
        }
        return ["true", "false", "t", "f", "yes", "no", "y", "n", "on", "off", "1", "0"].contains { word in
            word.utf8.count == value.count && zip(word.utf8, value).allSatisfy { $0 == $1 | (0x20 & ($1 >> 1)) }
        }
    }
}
