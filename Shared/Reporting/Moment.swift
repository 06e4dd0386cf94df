import CommandLines
import Foundation

/// A time as people type it: a whole day (in UTC) or an instant of RFC 3339 with its zone.
public struct Moment: CommandValue {
    /// When it begins, RFC 3339.
    public let start: String
    /// When it is over: for an instant the same, for a day the next midnight.
    public let end: String

    public init?(argument: String) {
        let format = Date.ISO8601FormatStyle()
        guard let day = try? Date("\(argument.prefix(10))T00:00:00Z", strategy: format) else { return nil }
        // Foundation takes February 30 for March 2: a day that does not come back as it was typed does not exist.
        guard day.formatted(format).hasPrefix(argument.prefix(10)) else { return nil }
        if argument.utf8.count == 10 {
            // 24 hours, since UTC has no summer time.
            (start, end) = (day.formatted(format), day.addingTimeInterval(86_400).formatted(format))
            return
        }
        // Postgres reads the rest of RFC 3339; the shape is checked here so that it is sure which instant is meant.
        let shape = #/.{10}[Tt ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?([Zz]|[+-](0\d|1[0-4]):[0-5]\d)/#
        guard argument.wholeMatch(of: shape) != nil else { return nil }
        (start, end) = (argument, argument)
    }
}
