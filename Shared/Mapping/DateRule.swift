import Pipelines

/// A calendar day from a serial number or a text; without a year it is refused, since every guess of theirs was wrong at some time.
func readDate(_ cell: CellContent, _ zone: ZoneRules, _ notes: inout CoercionSet) throws(InvalidCell) -> CalendarDate {
    switch cell.kind {
    case .number:
        let serial = try serialNumber(cell.bytes, else: .notADate)
        guard !serial.isTimeOnly, let date = CalendarDate(daysSince1970: serial.days) else { throw .notADate }
        notes.note(.serialNumber)
        if serial.seconds > 0 { notes.note(.timeOfDayDropped) }
        return date
    case .text:
        let moment = try readMoment(cell.bytes, &notes, else: .notADate)
        guard let time = moment.time else { return moment.date }
        notes.note(.timeOfDayDropped)
        guard let offset = moment.offset else { return moment.date }
        // An instant: the day it is in the source's zone.
        let instant = moment.date.daysSince1970 * 86_400 + time.seconds - offset
        guard let date = CalendarDate(daysSince1970: floorDivide(instant + zone.offset(atInstant: Int64(instant)), 86_400)) else { throw .noSuchDate }
        return date
    case .empty, .absent, .boolean, .error: throw .notADate
    }
}

/// A text's date with whatever time and offset stand beside it.
struct Moment {
    var date: CalendarDate
    var time: ClockTime?
    /// Seconds east of UTC.
    var offset: Int?
}

func readMoment(_ bytes: [UInt8], _ notes: inout CoercionSet, else rule: InvalidCell) throws(InvalidCell) -> Moment {
    var text = DateScanner(try oneWidth(bytes, &notes, else: rule))
    var moment = Moment(date: try text.date(else: rule))
    if let weekday = text.weekday() {
        guard weekday == moment.date.weekday else { throw .wrongWeekday }
        notes.note(.weekdayDropped)
    }
    if !text.isAtEnd {
        if !text.accept("T") { text.skipSpaces() }
        moment.time = try text.time(else: rule)
        moment.offset = try text.offset(else: rule)
    }
    guard text.isAtEnd else { throw rule }
    if !bytes.starts(with: moment.date.description.utf8) { notes.note(.dateReformatted) }
    return moment
}

/// Numbers no sheet uses for a day break the rule of the column's type, not that of a number's size.
func serialNumber(_ json: [UInt8], else rule: InvalidCell) throws(InvalidCell) -> SerialNumber {
    do { return try SerialNumber(json) } catch { throw rule }
}

func floorDivide(_ a: Int, _ b: Int) -> Int { a >= 0 ? a / b : (a - b + 1) / b }
