/// A moment as a timestamp column reads it: `2024-02-29T12:34:56.789012Z`, without zeros at the end of the fraction.
/// - Parameter microseconds: since 1970-01-01T00:00:00Z.
/// - Returns: nil outside of the years 1 to 9999.
public func instantText(microseconds: Int64) -> String? {
    // So that no sum below overflows: a number from outside can be any.
    guard microseconds.magnitude < 1 << 60 else { return nil }
    let seconds = floorDivide(Int(microseconds), 1_000_000), fraction = Int(microseconds) - seconds * 1_000_000
    let day = floorDivide(seconds, 86_400)
    guard let date = CalendarDate(daysSince1970: day) else { return nil }
    var digits = fraction == 0 ? "" : padded(fraction, 6)
    while digits.last == "0" { digits.removeLast() }
    return "\(date)T\(ClockTime(seconds: seconds - day * 86_400, fraction: digits))Z"
}
