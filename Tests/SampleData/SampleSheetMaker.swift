/// Lays out the rows of a `SampleSheet` and decides what belongs to a row as a whole: its key, its name and its remark.
struct SampleSheetMaker {
    private enum Row {
        case buyer
        case blank
        case keyless
        /// The cell of a key that stands more than once, and which of them it is.
        case repeated(SheetCell, group: Int)
    }

    /// Each would be one key: as text and as number, full-width, with white space around.
    private static let repeatedKeys: [[SheetCell]] = [
        [.text("業者51"), .text("業者51")], [.number(99_001), .text("９９００１")], [.text("FK900"), .text(" FK900"), .text("FK900　")],
    ]
    private static let blankRows = 12, keylessRows = 5

    private let seed: UInt64
    private let buyers: Int
    private let long: Int
    private let cells = SampleCells()

    init(seed: UInt64, buyers: Int, long: Int) {
        precondition(buyers > 0 && buyers <= 8_000 && long >= 0 && long <= buyers)
        (self.seed, self.buyers, self.long) = (seed, buyers, long)
    }

    mutating func make() -> SampleSheet {
        var sheet = SampleSheet(seed: seed, grid: SheetGrid(tab: SampleSheet.tab, rows: [BuyerColumn.all.map { .text($0.header) }]))
        let lengths = remarkLengths()
        sheet.repeatedRows = Self.repeatedKeys.map { _ in [] }
        var made = 0
        for kind in layout() {
            let number = sheet.grid.rows.count + 1
            switch kind {
            case .blank:
                sheet.grid.rows.append([])
                sheet.blankRows.append(number)
            case .keyless:
                var random = SampleRandom(seed: seed, UInt64(number), 1)
                sheet.grid.rows.append(row(number, key: random.chance(50) ? .empty : .text("　"), name: "鍵なし 見本\(number)", remark: nil))
                sheet.keylessRows.append(number)
            case .repeated(let key, let group):
                sheet.grid.rows.append(row(number, key: key, name: "重複 見本\(number)", remark: nil))
                sheet.repeatedRows[group].append(number)
            case .buyer:
                let (keyCell, key) = key(made), name = name(made + 1)
                sheet.grid.rows.append(row(number, key: keyCell, name: name, remark: lengths[made]))
                sheet.buyers.append(.init(key: key, name: name, row: number, remarkCharacters: lengths[made]))
                made += 1
            }
        }
        return sheet
    }

    /// Which kind each row is. The last row is a buyer, since Google leaves blank rows at the end out.
    private func layout() -> [Row] {
        var rows = [Row](repeating: .buyer, count: buyers - 1) + [Row](repeating: .blank, count: Self.blankRows)
        rows += [Row](repeating: .keyless, count: Self.keylessRows)
        for (group, keys) in Self.repeatedKeys.enumerated() { rows += keys.map { .repeated($0, group: group) } }
        var random = SampleRandom(seed: seed, 2)
        random.shuffle(&rows)
        return rows + [.buyer]
    }

    /// How many characters the remark of each buyer has; nil: none. `long` of them are over the limit, one is just over it, one the longest.
    private func remarkLengths() -> [Int?] {
        var random = SampleRandom(seed: seed, 3)
        var lengths: [Int?] = (0..<long).map { index in
            switch index {
            case 0: SampleSheet.longestCharacters
            case 1: SampleCells.charactersMax + 1
            default: random.within(SampleCells.charactersMax + 1...random.pick([80, 160, 320, SampleSheet.longestCharacters - 1]))
            }
        }
        for index in long..<buyers {
            lengths.append(index == long ? SampleCells.charactersMax : random.chance(50) ? random.within(3...SampleCells.charactersMax) : nil)
        }
        random.shuffle(&lengths)
        return lengths
    }

    /// Every shape buyer numbers have; no two are equal, since each stands on a number of its own.
    private func key(_ index: Int) -> (cell: SheetCell, text: String) {
        var random = SampleRandom(seed: seed, UInt64(index), 4)
        let base = 100 + index
        switch random.below(40) {
        case 0: return (.text("\(base)-2"), "\(base)-2")
        case 1: return (.number("\(base).1"), "\(base).1")
        case 2: return (.text("\(base)(2)"), "\(base)(2)")
        case 3: return (.text("\(base)（3）"), "\(base)(3)")
        case 4: return (.text("BY_\(base)"), "BY_\(base)")
        case 5: return (.text("FK\(base)"), "FK\(base)")
        case 6: return (.text(SampleWords.fullWidth("\(base)")), "\(base)")
        case 7: return (.text(" \(base)"), "\(base)")
        case 8 where base >= 1_000: return (.number(base * 10 + 1), "\(base)1")  // A digit too many, and still a number of its own.
        case 9...20: return (.text("\(base)"), "\(base)")
        default: return (.number(base), "\(base)")
        }
    }

    private func name(_ number: Int) -> String {
        var random = SampleRandom(seed: seed, UInt64(number), 5)
        let digits = SampleWords.padded(number, 4)
        switch random.below(24) {
        case 0: return "株式会社見本\(digits)"
        case 1: return "ﾐﾎﾝ \(digits)"
        case 2: return "見本　\(SampleWords.fullWidth(digits))"
        case 3: return "サンフ\u{309A}ル\(digits)"  // Decomposed, as some keyboards type it.
        case 4: return "見本 \(digits)　様"
        case 5: return "<p>見本 \(digits)</p>"
        case 6: return "c2FtcGxl\(digits)aGlkZGVu=="  // Looks like ciphertext.
        case 7: return "見本 \(digits)\n（ご夫婦）"
        default: return "見本 \(digits)"
        }
    }

    /// A row as far as its last filled cell.
    private func row(_ row: Int, key: SheetCell, name: String, remark: Int?) -> [SheetCell] {
        var made: [SheetCell] = []
        made.reserveCapacity(BuyerColumn.all.count)
        for (index, column) in BuyerColumn.all.enumerated() {
            var random = SampleRandom(seed: seed, UInt64(row), UInt64(index), 6)
            switch column.shape {
            case .key: made.append(key)
            case .name: made.append(.text(name))
            case .remark: made.append(remark.map { .text(cells.prose($0, &random)) } ?? .empty)
            default: made.append(random.chance(column.filledPercent) ? cells.cell(column.shape, number: row, random: &random) : .empty)
            }
        }
        while made.last?.isEmpty == true { made.removeLast() }
        return made
    }
}
