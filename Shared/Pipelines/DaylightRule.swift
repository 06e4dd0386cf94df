/// The last line of a zone file: the offset from then on, with daylight saving time or without (POSIX.1 TZ, `M` rules).
struct DaylightRule: Sendable, Equatable {
    struct Change: Sendable, Equatable {
        let month: Int
        /// 5 is the last one.
        let week: Int
        /// 0 is Sunday.
        let weekday: Int
        /// Local seconds after midnight; may be negative or beyond a day.
        let seconds: Int
    }
    let standard: Int
    let daylight: (offset: Int, from: Change, to: Change)?

    static func == (a: DaylightRule, b: DaylightRule) -> Bool {
        a.standard == b.standard && a.daylight?.offset == b.daylight?.offset && a.daylight?.from == b.daylight?.from && a.daylight?.to == b.daylight?.to
    }

    func offset(atInstant instant: Int64) -> Int {
        guard let daylight else { return standard }
        let year = DaylightRule.year(ofDay: Int((instant + Int64(standard)) / 86_400))
        let start = DaylightRule.instant(daylight.from, year: year, offset: standard)
        let end = DaylightRule.instant(daylight.to, year: year, offset: daylight.offset)
        let isDaylight = start < end ? instant >= start && instant < end : instant >= start || instant < end
        return isDaylight ? daylight.offset : standard
    }

    private static func instant(_ change: Change, year: Int, offset: Int) -> Int64 {
        let first = days(year: year, month: change.month)
        var day = first + (change.weekday - ((first + 4) % 7 + 7) % 7 + 7) % 7 + 7 * (change.week - 1)
        let next = change.month == 12 ? days(year: year + 1, month: 1) : days(year: year, month: change.month + 1)
        while day >= next { day -= 7 }
        return Int64(day * 86_400 + change.seconds - offset)
    }

    /// Days from 1970-01-01 to the first of this month.
    private static func days(year: Int, month: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }

    private static func year(ofDay day: Int) -> Int {
        var year = 1970 + day / 366
        while days(year: year + 1, month: 1) <= day { year += 1 }
        return year
    }

    /// `JST-9`, `EST5EDT,M3.2.0,M11.1.0`, `<+0330>-3:30`; nil for forms no zone of today uses.
    init?(_ text: String) {
        var scanner = Scanner(Array(text.utf8))
        guard scanner.name(), let west = scanner.time() else { return nil }
        standard = -west
        if scanner.isAtEnd {
            daylight = nil
            return
        }
        guard scanner.name() else { return nil }
        let daylightOffset = scanner.isAt(",") ? standard + 3600 : scanner.time().map { -$0 }
        guard let daylightOffset, let from = scanner.change(), let to = scanner.change(), scanner.isAtEnd else { return nil }
        daylight = (daylightOffset, from, to)
    }

    private struct Scanner {
        private let text: [UInt8]
        private var index = 0

        init(_ text: [UInt8]) { self.text = text }

        var isAtEnd: Bool { index == text.count }
        func isAt(_ character: Unicode.Scalar) -> Bool { index < text.count && text[index] == UInt8(ascii: character) }

        mutating func accept(_ character: Unicode.Scalar) -> Bool {
            guard isAt(character) else { return false }
            index += 1
            return true
        }

        mutating func name() -> Bool {
            let start = index
            if accept("<") {
                while !isAtEnd, !isAt(">") { index += 1 }
                return accept(">")
            }
            while index < text.count, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(text[index] | 0x20) { index += 1 }
            return index > start
        }

        mutating func number() -> Int? {
            var value = 0
            let start = index
            while index < text.count, (48...57).contains(text[index]), index - start < 4 {
                value = value * 10 + Int(text[index] - 48)
                index += 1
            }
            return index > start ? value : nil
        }

        /// `[+-]h[h[h]][:mm[:ss]]`
        mutating func time() -> Int? {
            let sign = accept("-") ? -1 : 1
            if sign == 1 { _ = accept("+") }
            guard var seconds = number().map({ $0 * 3600 }) else { return nil }
            if accept(":") {
                guard let minutes = number() else { return nil }
                seconds += minutes * 60
                if accept(":") {
                    guard let rest = number() else { return nil }
                    seconds += rest
                }
            }
            return sign * seconds
        }

        /// `,Mm.w.d[/time]`
        mutating func change() -> Change? {
            guard accept(","), accept("M"), let month = number(), (1...12).contains(month), accept("."), let week = number(), (1...5).contains(week),
                accept("."), let weekday = number(), (0...6).contains(weekday)
            else { return nil }
            var seconds = 7200
            if accept("/") {
                guard let given = time() else { return nil }
                seconds = given
            }
            return Change(month: month, week: week, weekday: weekday, seconds: seconds)
        }
    }
}
