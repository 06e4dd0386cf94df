import Mapping
import SampleData
import Sources
import TestSupport
import Testing

@Suite struct `Reading a Google sheet` {
    @Test func `every cell keeps its kind and its bytes, and short rows are padded`() async throws {
        try await withSheetsStandIn(buyersGrid()) { google in
            let source = try source(reading: google, tab: "買主リスト")
            #expect(try await source.open() == ["買主番号", "受付日", "★最新状況\n", "電話"])
            let (rows, certificate) = try await readAll(source)
            #expect(
                rows == [
                    ReadRow(number: 2, cells: [.number(6666), .number(45662), .text("C"), .number("9012345678")]),
                    ReadRow(number: 3, cells: [.empty, .empty, .empty, .empty]),
                    ReadRow(number: 4, cells: [.text("業者51"), .text("2025/1/5"), .error("#REF!"), .boolean(true)]),
                ])
            #expect(certificate.rows == 3 && certificate.pages == 1 && certificate.isComplete)
            #expect(certificate.stamp.hasPrefix("sha256:"))
            #expect(await source.rowsExpected == 3)
            #expect(google.log.filter { $0.hasPrefix("GET") }.count == 1)
        }
    }

    @Test func `numbers keep every digit that Google wrote`() async throws {
        let digits = ["12345678901234567", "0.1", "-0.416667", "1E-7", "1.5e+20", "23800000"]
        let grid = SheetGrid(tab: "n", rows: [digits.indices.map { .text("c\($0)") }, digits.map { .number($0) }])
        try await withSheetsStandIn(grid) { google in
            let source = try source(reading: google, tab: "n")
            _ = try await source.open()
            #expect(try await readAll(source).rows.first?.cells == digits.map { .number($0) })
        }
    }

    @Test func `text keeps escapes, composed and decomposed letters, and what merely looks like an error`() async throws {
        let texts = ["\"\\/\u{8}\u{c}\n\r\t", "が", "か\u{3099}", "👩‍👩‍👧", "\u{1}", "#REF", "Loading", "007", "#N/A ", "a,b", "𠮷野家"]
        let grid = SheetGrid(tab: "t", header: texts.indices.map { "c\($0)" }, rows: [texts])
        try await withSheetsStandIn(grid) { google in
            let source = try source(reading: google, tab: "t")
            _ = try await source.open()
            #expect(try await readAll(source).rows.first?.cells == texts.map { .text($0) })
        }
    }

    @Test(arguments: ["#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#ERROR!", "Loading..."])
    func `an error cell is an error and no text`(word: String) async throws {
        try await withSheetsStandIn(SheetGrid(tab: "e", rows: [[.text("a")], [.error(word)]])) { google in
            let source = try source(reading: google, tab: "e")
            _ = try await source.open()
            #expect(try await readAll(source).rows.first?.cells == [.error(word)])
        }
    }

    @Test(arguments: ["買主リスト", "Jon's data", "a/b?c&d=e#f%2F+g", "A1", "!", "''", "売主 リスト\u{3000}2", "Sheet1!A1:B2"])
    func `a tab is found by its exact name`(tab: String) async throws {
        try await withSheetsStandIn(SheetGrid(tab: "other", header: ["x"], rows: []), SheetGrid(tab: tab, header: ["a"], rows: [["1"]])) { google in
            let source = try source(reading: google, tab: tab)
            #expect(try await source.open() == ["a"])
            #expect(source.address(row: 4120, column: 7) == "\(tab)!H4120")
            #expect(source.address(row: 2, column: nil) == "\(tab)!A2")
        }
    }

    @Test func `rows above the header are no rows, and what lies right of the last header is in no column`() async throws {
        let grid = SheetGrid(
            tab: "t", rows: [[.text("Title"), .text("x"), .text("y")], [], [.text("a"), .empty, .text("b")], [.text("1"), .empty, .empty, .text("stray")]])
        try await withSheetsStandIn(grid) { google in
            let source = try source(reading: google, tab: "t", headerRow: 3)
            #expect(try await source.open() == ["a", "", "b"])
            #expect(try await readAll(source).rows == [ReadRow(number: 4, cells: [.text("1"), .empty, .empty])])
        }
    }

    @Test func `a header without rows is a table without rows`() async throws {
        try await withSheetsStandIn(SheetGrid(tab: "t", header: ["a", "b"], rows: [])) { google in
            let source = try source(reading: google, tab: "t")
            #expect(try await source.open() == ["a", "b"])
            let (rows, certificate) = try await readAll(source)
            #expect(rows.isEmpty && certificate.rows == 0 && certificate.isComplete)
        }
    }

    @Test func `an empty tab and a header row behind the last are refused by name`() async throws {
        try await withSheetsStandIn(SheetGrid(tab: "t", rows: []), SheetGrid(tab: "u", header: ["a"], rows: [])) { google in
            for (tab, headerRow) in [("t", 1), ("u", 5)] {
                let error = try await failure(try source(reading: google, tab: tab, headerRow: headerRow))
                #expect(error.kind == .unusable)
                #expect(error.description.contains("row \(headerRow), the header, is empty"))
            }
        }
    }

    @Test func `a second reading replays the first, whatever people do meanwhile`() async throws {
        try await withSheetsStandIn(buyersGrid()) { google in
            let source = try source(reading: google, tab: "買主リスト")
            _ = try await source.open()
            let first = try await readAll(source)
            google.edit { $0[0][row: 2, column: 2] = .text("D") }
            let second = try await readAll(source)
            #expect(first.rows == second.rows && first.certificate == second.certificate)
            #expect(google.log.filter { $0.hasPrefix("GET") }.count == 1)
        }
    }

    @Test("A sheet of any shape is read as it is, blank rows with their numbers", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func anyShape(seed: UInt64) async throws {
        var random = SeededGenerator(seed)
        let width = Int.random(in: 1...6, using: &random)
        let header = (0..<width).map { SheetCell.text("h\($0)") }
        let rows = (0..<Int.random(in: 0...12, using: &random)).map { _ in
            (0..<Int.random(in: 0...width, using: &random)).map { _ in randomCell(&random) }
        }
        let grid = SheetGrid(tab: "表", rows: [header] + rows)
        let lastFilled = rows.lastIndex { row in row.contains { !$0.isEmpty } }
        let expected = rows.prefix((lastFilled ?? -1) + 1).enumerated().map { index, row in
            ReadRow(number: index + 2, cells: row.map { SheetCell($0.content) } + Array(repeating: .empty, count: width - row.count))
        }
        try await withSheetsStandIn(grid) { google in
            let source = try source(reading: google, tab: "表")
            _ = try await source.open()
            #expect(try await readAll(source).rows == Array(expected))
        }
    }
}

func randomCell(_ random: inout SeededGenerator) -> SheetCell {
    switch Int.random(in: 0..<6, using: &random) {
    case 0: .empty
    case 1: .number(Int.random(in: -9999...99_999, using: &random), shown: "shown \(Int.random(in: 0...9, using: &random))")
    case 2: .boolean(Bool.random(using: &random))
    case 3: .error("#N/A")
    case 4: .text(["\\", "\"", "改行\n", "か\u{3099}", "😀"].randomElement(using: &random) ?? "x")
    default: .text("t\(Int.random(in: 0...99, using: &random))")
    }
}
