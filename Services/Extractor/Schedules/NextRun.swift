import Foundation
import Pipelines

/// When a pipeline runs next.
///
/// - Parameters:
///   - lastStarted: when its last run started; nil if it never ran, and then an interval is due at once.
///   - now: of the same clock as `lastStarted`.
/// - Returns: a moment, in the past if the run is overdue; nil for a zone this machine does not know, which the pipeline file was checked for.
func nextRun(_ schedule: Schedule, lastStarted: Date?, now: Date) -> Date? {
    switch schedule {
    case .every(let interval):
        guard let lastStarted else { return now }
        return lastStarted.addingTimeInterval(interval / .seconds(1))
    case .daily(let hour, let minute, let timeZone):
        guard let zone = TimeZone(identifier: timeZone) else { return nil }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        // A time of day that the clocks skip is taken when they have moved on; one that comes twice, the first time.
        return calendar.nextDate(
            after: max(lastStarted ?? now, now.addingTimeInterval(-86_400)), matching: DateComponents(hour: hour, minute: minute),
            matchingPolicy: .nextTime, repeatedTimePolicy: .first)
    }
}
