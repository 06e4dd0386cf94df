/// A sheet's date and time: days since 1899-12-30, the fraction the time of day. No leap day is taken off: the epoch already allows for
/// Lotus's, and whoever subtracts one more has every date a day early.
/// https://developers.google.com/workspace/sheets/api/guides/formats#about_date_time_values
struct SerialNumber: Equatable {
    /// Days since 1970-01-01.
    let days: Int
    /// Of the day, rounded to a second: a fraction such as 0.416667 means 10:00:00.
    let seconds: Int

    /// 1899-12-30, counted from 1970-01-01.
    static let epoch = -25_569

    /// - Parameter json: a JSON number from 0 to 2958465.99 (9999-12-31).
    init(_ json: [UInt8]) throws(InvalidCell) {
        guard let value = Double(String(decoding: json, as: UTF8.self)), value >= 0, value < 2_958_466 else { throw .outOfRange }
        let whole = value.rounded(.down)
        let rounded = Int(((value - whole) * 86_400).rounded())
        (days, seconds) = (Int(whole) + SerialNumber.epoch + rounded / 86_400, rounded % 86_400)
    }

    /// Whether the number counts no whole day: a time alone.
    var isTimeOnly: Bool { days == SerialNumber.epoch }
    var time: ClockTime { ClockTime(seconds: seconds) }
}
