/// Reads dates and times of day in the one spelling that no setting of PostgreSQL reads otherwise (ISO 8601).
struct TimeText {
    private let text: UnsafeRawBufferPointer
    private var position = 0

    init(_ text: UnsafeRawBufferPointer) { self.text = text }

    var isAtEnd: Bool { position == text.count }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < text.count, text[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func number(digits: Int) -> Int? {
        guard position + digits <= text.count else { return nil }
        var value = 0
        for byte in text[position..<position + digits] {
            guard byte &- UInt8(ascii: "0") < 10 else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        position += digits
        return value
    }

    /// `YYYY-MM-DD`, a day that the calendar has.
    mutating func takeDate() -> Bool {
        guard let year = number(digits: 4), year > 0, take(UInt8(ascii: "-")), let month = number(digits: 2), (1...12).contains(month),
            take(UInt8(ascii: "-")), let day = number(digits: 2)
        else { return false }
        return (1...TimeText.days(of: month, year)).contains(day)
    }

    private static func days(of month: Int, _ year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The `T` or space between date and time.
    mutating func takeSeparator() -> Bool { take(UInt8(ascii: "T")) || take(UInt8(ascii: " ")) }

    /// `HH:MM`, `HH:MM:SS` or `HH:MM:SS.f…`; digits beyond `fractionDigitsMax` would be rounded, so only zeros may stand there.
    mutating func takeTimeOfDay(fractionDigitsMax: Int) -> Bool {
        guard let hour = number(digits: 2), hour < 24, take(UInt8(ascii: ":")), let minute = number(digits: 2), minute < 60 else { return false }
        guard take(UInt8(ascii: ":")) else { return true }
        guard let second = number(digits: 2), second < 60 else { return false }
        guard take(UInt8(ascii: ".")) else { return true }
        let start = position
        while position < text.count, text[position] &- UInt8(ascii: "0") < 10 {
            guard position - start < fractionDigitsMax || text[position] == UInt8(ascii: "0") else { return false }
            position += 1
        }
        return position > start
    }

    /// `Z`, `+HH:MM` or `+HH`.
    mutating func takeOffset() -> Bool {
        if take(UInt8(ascii: "Z")) { return true }
        guard take(UInt8(ascii: "+")) || take(UInt8(ascii: "-")), let hours = number(digits: 2), hours < 16 else { return false }
        if isAtEnd { return true }
        guard take(UInt8(ascii: ":")), let minutes = number(digits: 2) else { return false }
        return minutes < 60
    }
}
