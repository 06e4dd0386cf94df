/// Walks over the text of a date or a time, which is in one width already (NFKC).
struct DateScanner {
    private let scalars: [Unicode.Scalar]
    private var index = 0

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    var isAtEnd: Bool { index == scalars.count }
    private var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    mutating func accept(_ word: String) -> Bool {
        let wanted = Array(word.unicodeScalars)
        guard scalars[index...].starts(with: wanted) else { return false }
        index += wanted.count
        return true
    }

    /// ASCII digits, as many as there are: their value and their count; nil when there are none or more than nine.
    mutating func digits() -> (value: Int, count: Int)? {
        var value = 0
        let start = index
        while let scalar = next, scalar.isASCII, isDigit(UInt8(ascii: scalar)), index - start < 10 {
            value = value * 10 + Int(scalar.value - 48)
            index += 1
        }
        let count = index - start
        return (1...9).contains(count) ? (value, count) : nil
    }

    mutating func skipSpaces() { while let scalar = next, scalar.properties.isWhitespace { index += 1 } }

    /// `YYYY/M/D`, `YYYY-MM-DD`, `YYYY.M.D`, `YYYY年M月D日`, `MM/DD/YYYY`.
    mutating func date(else rule: InvalidCell) throws(InvalidCell) -> CalendarDate {
        guard let first = digits() else { throw rule }
        let (year, month, day): (Int, Int, Int)
        if first.count == 4, accept("年") {
            guard let second = digits(), second.count <= 2, accept("月"), let third = digits(), third.count <= 2, accept("日") else { throw rule }
            (year, month, day) = (first.value, second.value, third.value)
        } else if first.count == 4, let separator = ["/", "-", "."].first(where: { accept($0) }) {
            guard let second = digits(), second.count <= 2, accept(separator), let third = digits(), third.count <= 2 else { throw rule }
            (year, month, day) = (first.value, second.value, third.value)
        } else if first.count <= 2, accept("/") {
            guard let second = digits(), second.count <= 2 else { throw rule }
            guard accept("/") else { throw isPlausibleEnd ? .noYear : rule }
            guard let third = digits(), third.count == 4 else { throw rule }
            (year, month, day) = (third.value, first.value, second.value)
        } else if first.count <= 2, accept("月") {
            guard digits() != nil, accept("日") else { throw rule }
            throw .noYear
        } else {
            throw rule
        }
        guard let date = CalendarDate(year: year, month: month, day: day) else { throw .noSuchDate }
        return date
    }

    private var isPlausibleEnd: Bool { next.map { $0 == "(" || $0.properties.isWhitespace } ?? true }

    /// `(金)`, `(Fri)`, `金曜日`; nil when none stands here. 0 is Sunday.
    mutating func weekday() -> Int? {
        let before = index
        skipSpaces()
        let isBracketed = accept("(")
        for (names, day) in zip(DateScanner.weekdays, 0...) {
            for name in names where accept(name) {
                let hasSuffix = accept("曜日") || accept("曜")
                if isBracketed ? accept(")") : hasSuffix { return day }
            }
        }
        index = before
        return nil
    }

    private static let weekdays = [["日", "Sun"], ["月", "Mon"], ["火", "Tue"], ["水", "Wed"], ["木", "Thu"], ["金", "Fri"], ["土", "Sat"]]

    /// `14:30`, `9:05:7`, `2:30 PM`, `午後2:30`, `14時30分`, with a fraction after the seconds.
    mutating func time(else rule: InvalidCell) throws(InvalidCell) -> ClockTime {
        let prefix = accept("午前") ? "AM" : accept("午後") ? "PM" : nil
        skipSpaces()
        guard let hour = digits(), hour.count <= 2 else { throw rule }
        var minute = 0
        var second = 0
        var fraction = ""
        if accept("時") {
            if let value = digits() {
                guard value.count <= 2, accept("分") else { throw rule }
                minute = value.value
            }
            if let value = digits() {
                guard value.count <= 2, accept("秒") else { throw rule }
                second = value.value
            }
        } else {
            guard accept(":"), let value = digits(), value.count <= 2 else { throw rule }
            minute = value.value
            if accept(":") {
                guard let value = digits(), value.count <= 2 else { throw rule }
                second = value.value
                if accept(".") {
                    guard let value = digits(), value.count <= 6 else { throw rule }
                    fraction = padded(value.value, value.count)
                }
            }
        }
        guard let hours = try hours(hour.value, half: prefix ?? half(), else: rule), minute < 60, second < 60 else { throw rule }
        while fraction.last == "0" { fraction.removeLast() }
        return ClockTime(seconds: hours * 3600 + minute * 60 + second, fraction: fraction)
    }

    private mutating func half() -> String? {
        let before = index
        skipSpaces()
        if accept("AM") || accept("am") { return "AM" }
        if accept("PM") || accept("pm") { return "PM" }
        index = before
        return nil
    }

    private func hours(_ hour: Int, half: String?, else rule: InvalidCell) throws(InvalidCell) -> Int? {
        guard let half else { return hour < 24 ? hour : nil }
        guard hour <= 12 else { throw rule }
        return hour % 12 + (half == "PM" ? 12 : 0)
    }

    /// `Z`, `+09:00`, `+0900`, `+09`: seconds east of UTC; nil when none stands here.
    mutating func offset(else rule: InvalidCell) throws(InvalidCell) -> Int? {
        if accept("Z") || accept("z") { return 0 }
        let sign = accept("+") ? 1 : accept("-") ? -1 : 0
        guard sign != 0 else { return nil }
        guard let first = digits(), first.count == 2 || first.count == 4 else { throw rule }
        var (hours, minutes) = first.count == 4 ? (first.value / 100, first.value % 100) : (first.value, 0)
        if first.count == 2, accept(":") {
            guard let second = digits(), second.count == 2 else { throw rule }
            minutes = second.value
        }
        guard hours <= 15, minutes < 60 else { throw rule }
        hours *= 3600
        return sign * (hours + minutes * 60)
    }
}
