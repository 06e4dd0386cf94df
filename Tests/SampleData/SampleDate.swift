/// A day and how the buyers spreadsheet holds it: mostly as a number, else as text in one of the orders people use.
struct SampleDate {
    /// Days since 1899-12-30, as Google counts (https://developers.google.com/workspace/sheets/api/guides/formats).
    let serial: Int

    /// Days from then to 1970-01-01.
    private static let unixEpoch = 25_569

    /// Year, month and day of the Gregorian calendar (Howard Hinnant, https://howardhinnant.github.io/date_algorithms.html#civil_from_days).
    var civil: (year: Int, month: Int, day: Int) {
        let days = serial - Self.unixEpoch + 719_468
        let era = days / 146_097, dayOfEra = days % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    func text(_ random: inout SampleRandom) -> String {
        let (year, month, day) = civil
        let (mm, dd) = (SampleWords.padded(month, 2), SampleWords.padded(day, 2))
        switch random.below(12) {
        case 0...2: return "\(year)/\(mm)/\(dd)"
        case 3...5: return "\(year)/\(month)/\(day)"
        case 6, 7: return "\(year)-\(mm)-\(dd)"
        case 8: return "\(mm)/\(dd)/\(year)"
        case 9: return "\(month)/\(day)"  // No year: nobody can know which.
        case 10: return SampleWords.fullWidth("\(year)/\(month)/\(day)")
        default: return "\(month)/\(day)(\(SampleWords.weekdays[(serial + 5) % 7]))"
        }
    }
}
