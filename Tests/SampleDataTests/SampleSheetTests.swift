import Mapping
import SampleData
import TestSupport
import Testing

@Suite struct SampleSheetTests {
    static let sheet = SampleSheet.buyers(seed: 1)
    private var sheet: SampleSheet { SampleSheetTests.sheet }
    private var longColumn: Int { BuyerColumn.index(of: SampleSheet.longField) ?? -1 }

    @Test func `4,137 buyers have keys and names of their own`() {
        #expect(sheet.buyers.count == 4_137)
        #expect(Set(sheet.buyers.map { Array($0.key.utf8) }).count == 4_137)
        #expect(Set(sheet.buyers.map { Array($0.name.utf8) }).count == 4_137)
        #expect(sheet.buyers.allSatisfy { !$0.key.isEmpty && !$0.name.isEmpty })
    }

    @Test func `no key of a buyer is one of those that stand twice`() throws {
        let keyColumn = try #require(BuyerColumn.index(of: "buyer_number"))
        let repeated = Set(sheet.repeatedRows.joined().map { sheet.grid[row: $0, column: keyColumn].text })
        #expect(sheet.repeatedRows.map(\.count) == [2, 2, 3])
        #expect(sheet.buyers.allSatisfy { !repeated.contains($0.key) })
    }

    @Test func `every row is a buyer, blank, keyless or repeated, and the last is a buyer`() {
        let rows = sheet.buyers.map(\.row) + sheet.blankRows + sheet.keylessRows + sheet.repeatedRows.joined()
        #expect(rows.sorted() == Array(2...sheet.grid.rows.count))
        #expect(sheet.blankRows.count == 12 && sheet.keylessRows.count == 5)
        #expect(sheet.buyers.last?.row == sheet.grid.rows.count)
        #expect(sheet.blankRows.allSatisfy { sheet.grid.rows[$0 - 1].allSatisfy(\.isEmpty) })
    }

    @Test func `185 columns: 182 mapped headers, one of them thrice, and one unmapped`() {
        let headers = sheet.grid.texts(row: 1)
        #expect(headers.count == 185)
        #expect(Set(BuyerColumn.all.filter { $0.field != nil }.map { Array($0.header.utf8) }).count == 182)
        #expect(headers.count { $0 == "2度目以降過去内覧" } == 3)
        #expect(headers.indices.filter { headers[$0] == "2度目以降過去内覧" }.map(columnLetters) == ["AO", "AP", "AQ"])
        #expect(BuyerColumn.all.indices.filter { BuyerColumn.all[$0].field == nil }.map(columnLetters) == ["BT"])
        #expect(Set(BuyerColumn.all.compactMap(\.field)).count == 184)
        #expect(sheet.grid.width == 185)
    }

    @Test(arguments: [1, 2, 3, 42] as [UInt64])
    func `exactly 356 buyers have a value over 50 characters, all in one column, the longest of 812`(seed: UInt64) {
        let sheet = seed == 1 ? self.sheet : SampleSheet.buyers(seed: seed)
        var long: [Int: Int] = [:]
        for (index, row) in sheet.grid.rows.enumerated().dropFirst() {
            for (column, cell) in row.enumerated() {
                let longest = max(cell.text.unicodeScalars.count, cell.shown.unicodeScalars.count)
                guard longest > 50 else { continue }
                #expect(column == longColumn)
                long[index + 1] = longest
            }
        }
        #expect(long.count == 356)
        #expect(long.values.max() == 812 && long.values.min() == 51)
        #expect(Set(sheet.longBuyers.map(\.row)) == Set(long.keys))
        #expect(sheet.longBuyers.allSatisfy { long[$0.row] == $0.remarkCharacters })
    }

    @Test func `the troubles of real sheets are all there`() {
        let cells = sheet.grid.rows.dropFirst().joined()
        let texts = Set(cells.map { Array($0.shown.utf8) })
        for trouble in ["null", "#REF!", "３．８万円", "業者51", "ｍ→不要", "ﾏﾝｼｮﾝ", "　", "<b>要確認</b><br>済", "か\u{3099}き\u{3099}"] {
            #expect(texts.contains(Array(trouble.utf8)), "\(trouble) is missing")
        }
        #expect(cells.contains { if case .error = $0.content { true } else { false } })
        #expect(cells.contains { if case .boolean = $0.content { true } else { false } })
        #expect(cells.contains { $0.text.utf8.contains(UInt8(ascii: "\n")) })
        #expect(sheet.grid.rows.contains { $0.count < 185 })
    }

    @Test func `a seed gives the same bytes everywhere, another seed others`() throws {
        let bytes = try CSVText().bytes(sheet.grid)
        #expect(fnv1a(bytes) == 10_509_357_364_861_759_848)
        #expect(SampleSheet.buyers(seed: 7, count: 50).grid == SampleSheet.buyers(seed: 7, count: 50).grid)
        #expect(SampleSheet.buyers(seed: 7, count: 50).grid != SampleSheet.buyers(seed: 8, count: 50).grid)
    }

    @Test func `fewer buyers make a smaller sheet of the same shapes`() {
        let small = SampleSheet.buyers(seed: 3, count: 100, long: 9)
        #expect(small.buyers.count == 100 && small.longBuyers.count == 9)
    }
}

/// FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/): a hash that this test can hold against itself on any machine.
func fnv1a(_ bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}
