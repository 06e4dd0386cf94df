/// An instant as Square writes it, `2026-11-18T09:30:00.125Z`: RFC 3339, in practice with milliseconds.
public struct SquareMoment: Sendable, Hashable, Comparable {
    /// Since 1970 in UTC.
    public var milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Reads RFC 3339 with `Z` or an offset; digits beyond milliseconds are cut. Nil for anything else.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int64? {
            guard range.upperBound <= bytes.count, bytes[range].allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            return bytes[range].reduce(0) { $0 * 10 + Int64($1 - 0x30) }
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13), let minute = number(14..<16),
            let second = number(17..<19), bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"), bytes[10] == UInt8(ascii: "T"),
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"), (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60,
            second < 60
        else { return nil }
        var rest = bytes[19...]
        var fraction: Int64 = 0
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
            guard !digits.isEmpty else { return nil }
            for place in 0..<3 { fraction = fraction * 10 + (place < digits.count ? Int64(digits[digits.startIndex + place] - 0x30) : 0) }
            rest = rest[(rest.startIndex + 1 + digits.count)...]
        }
        var offset: Int64 = 0
        if rest.count == 6, let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
            let hours = number(rest.startIndex + 1..<rest.startIndex + 3), let minutes = number(rest.startIndex + 4..<rest.startIndex + 6)
        {
            offset = (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -60_000 : 60_000)
        } else if !rest.elementsEqual("Z".utf8) {
            return nil
        }
        let days = Self.days(year, month, day)
        milliseconds = ((days * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + fraction - offset
    }

    public var text: String {
        let days = (milliseconds - (milliseconds % 86_400_000 + 86_400_000) % 86_400_000) / 86_400_000
        let time = milliseconds - days * 86_400_000
        let (year, month, day) = SampleDate(serial: Int(days) + 25_569).civil
        let date = "\(SampleWords.padded(year, 4))-\(SampleWords.padded(month, 2))-\(SampleWords.padded(day, 2))"
        let clock = [time / 3_600_000, time / 60_000 % 60, time / 1000 % 60].map { SampleWords.padded(Int($0), 2) }.joined(separator: ":")
        return "\(date)T\(clock).\(SampleWords.padded(Int(time % 1000), 3))Z"
    }

    public func adding(milliseconds more: Int64) -> SquareMoment { SquareMoment(milliseconds: milliseconds + more) }
    public func adding(hours: Int64) -> SquareMoment { adding(milliseconds: hours * 3_600_000) }
    public static func < (a: SquareMoment, b: SquareMoment) -> Bool { a.milliseconds < b.milliseconds }

    /// Days since 1970 (https://howardhinnant.github.io/date_algorithms.html#days_from_civil).
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400, yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
