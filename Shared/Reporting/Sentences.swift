/// `4137` as people read it: `4,137`, the same in every locale.
public func grouped(_ number: some BinaryInteger) -> String {
    let digits = Array(String(number.magnitude))
    let groups = stride(from: digits.count, to: 0, by: -3).map { end in String(digits[max(0, end - 3)..<end]) }
    return (number < 0 ? "-" : "") + groups.reversed().joined(separator: ",")
}

/// `1 row`, `0 rows`, `4,137 rows`.
/// - Parameter many: the plural where it is not the word and an s.
public func count(_ number: some BinaryInteger, _ one: String, _ many: String? = nil) -> String {
    "\(grouped(number)) \(number == 1 ? one : many ?? one + "s")"
}

/// A time for people, in its two largest units: `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`.
public func inWords(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    if seconds < 10 {
        let tenths = seconds * 10 + attoseconds / 100_000_000_000_000_000
        return "\(tenths / 10).\(tenths % 10) s"
    }
    if seconds < 60 { return "\(seconds) s" }
    if seconds < 3600 { return "\(seconds / 60) min \(seconds % 60) s" }
    return "\(grouped(seconds / 3600)) h \(seconds / 60 % 60) min"
}

/// `a`, `a and b`, `a, b and c`; after `limit` names `and 7 more`.
public func listed(_ names: [String], limit: Int = 5) -> String {
    let shown = names.prefix(limit)
    let parts = Array(shown) + (names.count > limit ? ["\(grouped(names.count - limit)) more"] : [])
    guard let last = parts.last, parts.count > 1 else { return parts.joined() }
    return parts.dropLast().joined(separator: ", ") + " and " + last
}
