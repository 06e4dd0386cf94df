import Glibc

/// An instant in UTC as RFC 3339 writes it: `2026-11-21T20:39:44Z`.
func timestampText(unixSeconds: Int) -> String {
    var seconds = time_t(unixSeconds), parts = tm()
    gmtime_r(&seconds, &parts)
    func padded(_ number: Int32, _ width: Int = 2) -> String { String(repeating: "0", count: max(0, width - String(number).utf8.count)) + String(number) }
    let date = [padded(parts.tm_year + 1900, 4), padded(parts.tm_mon + 1), padded(parts.tm_mday)].joined(separator: "-")
    return "\(date)T\([parts.tm_hour, parts.tm_min, parts.tm_sec].map { padded($0) }.joined(separator: ":"))Z"
}
