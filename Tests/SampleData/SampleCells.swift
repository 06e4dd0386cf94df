/// What one person typed into one cell of the buyers spreadsheet, in the shapes that real ones have. Every text is at most 50 characters
/// (Unicode scalars, as PostgreSQL counts) but for the remarks that are asked to be longer.
struct SampleCells {
    /// What the users' `VARCHAR(50)` columns hold.
    static let charactersMax = 50

    /// - Parameter number: makes what must differ between buyers differ: telephone numbers, addresses.
    func cell(_ shape: BuyerColumn.Shape, number: Int, random: inout SampleRandom) -> SheetCell {
        switch shape {
        case .key, .name, .remark: .empty  // Decided for the whole row, by `SampleSheet`.
        case .date, .moment, .time: moment(shape, &random)
        case .money, .count, .year, .area: quantity(shape, &random)
        case .identifier: .text("BY_" + String(random.next() & 0xFFFF_FFFF, radix: 36))
        case .deleted: random.chance(70) ? .boolean(random.chance(50)) : .text(random.pick(["TRUE", "FALSE", "true", "済"]))
        case .phone: phone(number, &random)
        case .email: email(number, &random)
        case .property: .text(random.chance(85) ? "AA\(random.within(100...999))" : "AA\(random.within(100...999)),AA\(random.within(100...999))")
        case .districts: .text((0..<random.within(1...9)).map { _ in SampleWords.circled(random.within(1...42)) }.joined())
        case .link: .text("https://sample.invalid/\(String(random.next() & 0xFF_FFFF, radix: 16))")
        case .address: .text("\(random.pick(SampleWords.towns))\(random.within(1...9))丁目\(random.within(1...30))-\(random.within(1...20))")
        case .otherName: .text("見本 その\(random.within(1...9_999))")
        case .staff: .text(random.pick(SampleWords.staff))
        case .delivery: .text(random.pick(SampleWords.deliveries))
        case .status: .text(random.pick(SampleWords.statuses))
        case .weekday: .text(random.pick(SampleWords.weekdays))
        case .kind: .text(random.pick(SampleWords.kinds))
        case .choice: .text(random.pick(SampleWords.choices))
        case .mark: random.chance(2) ? .boolean(true) : .text(random.pick(SampleWords.marks))
        case .note: note(&random)
        }
    }

    /// Free text, sometimes junk, sometimes exactly as long as fits.
    func note(_ random: inout SampleRandom) -> SheetCell {
        switch random.below(100) {
        case 0..<4: .text(random.pick(SampleWords.junk))
        case 4: .error(random.pick(SampleWords.errors))
        case 5..<8: .text(prose(Self.charactersMax, &random))
        case 8..<12: .number(random.within(1...3_000))
        default: .text(prose(random.within(4...44), &random))
        }
    }

    /// Phrases one after the other, exactly `length` characters of them.
    func prose(_ length: Int, _ random: inout SampleRandom) -> String {
        var text = String.UnicodeScalarView()
        while text.count < length {
            text.append(contentsOf: random.pick(SampleWords.phrases).unicodeScalars)
            text.append(contentsOf: random.pick(["。", "。\n", "、", "　", " / "]).unicodeScalars)
        }
        var cut = String.UnicodeScalarView(text.prefix(length))
        // White space at the end might be trimmed on the way, and the length would not be what it is here.
        if let last = cut.last, last.properties.isWhitespace {
            cut.removeLast()
            cut.append("済")
        }
        return String(cut)
    }

    private func moment(_ shape: BuyerColumn.Shape, _ random: inout SampleRandom) -> SheetCell {
        let day = SampleDate(serial: random.within(43_000...46_300))
        let (hour, minute) = (random.within(8...20), random.pick([0, 15, 30, 45]))
        let (year, month, date) = day.civil
        let clock = "\(hour):\(SampleWords.padded(minute, 2))"
        let fraction = fractionOfDay(minutes: hour * 60 + minute)
        if random.chance(1) { return random.chance(50) ? .error("#REF!") : .text(random.pick(["null", "未定", "相談中", "-", "2月30日"])) }
        switch shape {
        case .time:
            switch random.below(5) {
            case 0: return .number("0.\(fraction)", shown: clock)
            case 1: return .text(clock)
            case 2: return .number(hour * 100 + minute)
            case 3: return .text("\(SampleWords.padded(hour, 2)):\(SampleWords.padded(minute, 2)):00")
            default: return .text("1899-12-30 \(SampleWords.padded(hour, 2)):\(SampleWords.padded(minute, 2))")
            }
        case .moment:
            if random.chance(60) { return .number("\(day.serial).\(fraction)", shown: "\(year)/\(month)/\(date) \(clock):00") }
            return .text("\(year)/\(SampleWords.padded(month, 2))/\(SampleWords.padded(date, 2)) \(clock):\(random.below(60))")
        default:
            if random.chance(70) { return .number(day.serial, shown: random.chance(50) ? "\(month)/\(date)" : "\(year)/\(month)/\(date)") }
            return .text(day.text(&random))
        }
    }

    /// The digits behind the point, at most six, as the sheet gives them for a quarter of an hour.
    private func fractionOfDay(minutes: Int) -> String {
        var digits = Substring(SampleWords.padded((minutes * 1_000_000 + 720) / 1_440, 6))
        while digits.last == "0", digits.count > 1 { digits.removeLast() }
        return String(digits)
    }

    private func quantity(_ shape: BuyerColumn.Shape, _ random: inout SampleRandom) -> SheetCell {
        switch shape {
        case .count: return random.chance(90) ? .number(random.within(1...5)) : .text(SampleWords.fullWidth("\(random.within(1...5))") + "階")
        case .year: return random.chance(80) ? .number(random.within(1965...2025)) : .text(random.pick(["不明", "昭和55年", "１９９８", "平成元年"]))
        case .area: return random.chance(80) ? .number("\(random.within(50...400)).\(random.within(1...99))") : .text("約\(random.within(30...120))坪")
        default:
            let tenThousands = random.within(300...8_000)
            switch random.below(10) {
            case 0...4: return .number(tenThousands * 10_000, shown: "\(tenThousands / 100),\(SampleWords.padded(tenThousands % 100 * 10, 3)),000")
            case 5: return .text("\(tenThousands)万円")
            case 6: return .text("\(tenThousands)万")
            case 7: return .text("３．８万円")
            case 8: return .text(random.pick(["約", "概算"]) + "\(tenThousands)万円")
            default: return .text("\(tenThousands)千")
            }
        }
    }

    private func phone(_ number: Int, _ random: inout SampleRandom) -> SheetCell {
        let tail = SampleWords.padded(number % 10_000, 4)
        switch random.below(10) {
        case 0...5: return .text("0900000\(tail)")  // No such numbers are given out.
        case 6: return .text("090-0000-\(tail)")
        case 7: return .number("900000\(tail)", shown: "0900000\(tail)")
        case 8: return .text(SampleWords.fullWidth("0900000\(tail)"))
        default: return .text("0900000\(tail)\n（夜のみ）")
        }
    }

    private func email(_ number: Int, _ random: inout SampleRandom) -> SheetCell {
        switch random.below(12) {
        case 0...7: .text("sample\(number)@example.invalid")
        case 8: .text("なし")
        case 9: .text("sample\(number)＠example.invalid")
        case 10: .text(" sample\(number)@example.invalid")
        default: .text("a\(number)@example.invalid\nb\(number)@example.invalid")
        }
    }
}
