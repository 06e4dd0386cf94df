import Pipelines

/// An instant, written with the offset that the source's zone had then: `2026-05-19T11:24:05+09:00`. A day alone is its midnight.
///
/// A local time that clocks skipped is refused; one that happened twice is taken as the first, and noted.
func readTimestamp(_ cell: CellContent, _ zone: ZoneRules, _ notes: inout CoercionSet) throws(InvalidCell) -> String {
    let date: CalendarDate
    let time: ClockTime
    switch cell.kind {
    case .number:
        let serial = try serialNumber(cell.bytes, else: .notATimestamp)
        guard !serial.isTimeOnly, let day = CalendarDate(daysSince1970: serial.days) else { throw .notATimestamp }
        notes.note(.serialNumber)
        (date, time) = (day, serial.time)
    case .text:
        let moment = try readMoment(cell.bytes, &notes, else: .notATimestamp)
        (date, time) = (moment.date, moment.time ?? .midnight)
        if let offset = moment.offset { return "\(date)T\(time)\(offsetText(offset))" }
    case .empty, .absent, .boolean, .error: throw .notATimestamp
    }
    switch zone.offset(atLocal: Int64(date.daysSince1970 * 86_400 + time.seconds)) {
    case .only(let offset): return "\(date)T\(time)\(offsetText(offset))"
    case .repeated(let first):
        notes.note(.repeatedHour)
        return "\(date)T\(time)\(offsetText(first))"
    case .skipped: throw .skippedHour
    }
}

/// Seconds only where a zone had them, as Tokyo before 1888; PostgreSQL reads both.
private func offsetText(_ offset: Int) -> String {
    let size = abs(offset)
    let seconds = size % 60 == 0 ? "" : ":" + padded(size % 60, 2)
    return (offset < 0 ? "-" : "+") + padded(size / 3600, 2) + ":" + padded(size / 60 % 60, 2) + seconds
}
