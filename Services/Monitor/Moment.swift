import CommandLines
import Foundation

/// A time as people type it: a whole day (in UTC) or an instant of RFC 3339 with its zone.
struct Moment: CommandValue {
    /// When it begins, RFC 3339.
    let start: String
    /// When it is over: for an instant the same, for a day the next midnight.
    let end: String

    init?(argument: String) {
        let format = Date.ISO8601FormatStyle()
        if let day = try? Date("\(argument)T00:00:00Z", strategy: format), argument.utf8.count == 10 {
            // A day without its time: 24 hours, since UTC has no summer time.
            (start, end) = (day.formatted(format), day.addingTimeInterval(86_400).formatted(format))
            return
        }
        // Postgres reads the rest of RFC 3339; the shape is checked here so that it is sure which instant is meant.
        let shape = #/\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?([Zz]|[+-]\d{2}:\d{2})/#
        guard argument.wholeMatch(of: shape) != nil else { return nil }
        (start, end) = (argument, argument)
    }
}
