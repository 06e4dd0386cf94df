/// A time of day: `14:30`, `1430`, `14:30:05`, a sheet's 0.416667, or either with the date 1899-12-30 a sheet puts before it.
func readTime(_ cell: CellContent, _ notes: inout CoercionSet) throws(InvalidCell) -> ClockTime {
    switch cell.kind {
    case .number:
        if let time = fourDigits(cell.bytes) {
            notes.note(.dateReformatted)
            return time
        }
        let serial = try serialNumber(cell.bytes, else: .notATime)
        notes.note(.serialNumber)
        if !serial.isTimeOnly { notes.note(.datePartDropped) }
        return serial.time
    case .text:
        if let time = fourDigits(cell.bytes) {
            notes.note(.dateReformatted)
            return time
        }
        let text = try oneWidth(cell.bytes, &notes, else: .notATime)
        var scanner = DateScanner(text)
        let time: ClockTime
        if text.utf8.contains(UInt8(ascii: "/")) || text.utf8.dropFirst().contains(UInt8(ascii: "-")) {
            var dated = CoercionSet()
            let moment = try readMoment(Array(text.utf8), &dated, else: .notATime)
            guard let part = moment.time, moment.offset == nil else { throw .notATime }
            notes.note(.datePartDropped)
            return part
        } else {
            time = try scanner.time(else: .notATime)
        }
        guard scanner.isAtEnd else { throw .notATime }
        if time.description != text { notes.note(.dateReformatted) }
        return time
    case .empty, .absent, .boolean, .error: throw .notATime
    }
}

/// `1430` and `930`, as text or as number; a serial number for a whole day would be no time.
private func fourDigits(_ bytes: [UInt8]) -> ClockTime? {
    guard (3...4).contains(bytes.count), bytes.allSatisfy(isDigit), let number = Int(String(decoding: bytes, as: UTF8.self)) else { return nil }
    let (hour, minute) = number.quotientAndRemainder(dividingBy: 100)
    return hour < 24 && minute < 60 ? ClockTime(seconds: hour * 3600 + minute * 60) : nil
}
