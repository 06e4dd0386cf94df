import SampleData
import Sources
import TestSupport
import Testing

@Suite struct `What people see in the cells of a Google sheet` {
    @Test func `is fetched for the wanted columns that hold numbers or booleans, and for no other`() async throws {
        try await withSheetsStandIn(buyersGrid()) { google in
            let source = try source(reading: google, tab: "買主リスト")
            _ = try await source.open()
            try await source.wantShown([0, 2, 3])
            let (rows, certificate) = try await readAll(source)
            #expect(rows[0].cells == [.number(6666), .number(45662), .text("C"), .number("9012345678", shown: "090-1234-5678")])
            #expect(rows[2].cells[3] == .boolean(true))
            #expect(certificate.pages == 3)
            let reads = google.log.filter { $0.contains("batchGet") }
            #expect(reads.count == 2)
            #expect(reads.allSatisfy { $0.contains("A%3AA") && $0.contains("D%3AD") && !$0.contains("B%3A") && !$0.contains("C%3A") })
        }
    }

    @Test func `is not asked for when no wanted column holds a number`() async throws {
        try await withSheetsStandIn(buyersGrid()) { google in
            let source = try source(reading: google, tab: "買主リスト")
            _ = try await source.open()
            try await source.wantShown([2])
            #expect(google.log.allSatisfy { !$0.contains("batchGet") })
        }
    }

    @Test func `belongs to the state that the numbers belong to: when they move, everything is read again`() async throws {
        try await withSheetsStandIn(buyersGrid()) { google in
            let source = try source(reading: google, tab: "買主リスト")
            google.afterEachRead { [weak google] count in
                guard count == 1 else { return }
                google?.edit { $0[0].rows.insert([.text("new"), .number(1, shown: "one"), .empty, .number(2, shown: "two")], at: 1) }
            }
            _ = try await source.open()
            try await source.wantShown([1, 3])
            let (rows, certificate) = try await readAll(source)
            #expect(rows.count == 4 && certificate.pages == 6)
            #expect(rows[0].cells == [.text("new"), .number(1, shown: "one"), .empty, .number(2, shown: "two")])
            #expect(rows[1].cells[3] == .number("9012345678", shown: "090-1234-5678"))
        }
    }

    @Test func `does not mind edits of cells that hold text before and after`() async throws {
        try await withSheetsStandIn(buyersGrid()) { google in
            let source = try source(reading: google, tab: "買主リスト")
            google.afterEachRead { [weak google] count in google?.edit { $0[0][row: 4, column: 0] = .text("業者\(count)") } }
            _ = try await source.open()
            try await source.wantShown([0, 3])
            let (rows, certificate) = try await readAll(source)
            #expect(certificate.pages == 3)
            #expect(rows[2].cells[0] == .text("業者51"))
        }
    }

    @Test func `is given up when people change numbers without pause`() async throws {
        try await withSheetsStandIn(buyersGrid()) { google in
            let source = try source(reading: google, tab: "買主リスト")
            google.afterEachRead { [weak google] count in google?.edit { $0[0][row: 2, column: 3] = .number(count, shown: "n\(count)") } }
            let error = try await failure(source, wantingShown: [3])
            #expect(error.kind == .changed)
            #expect(google.log.filter { $0.contains("batchGet") }.count == 6)
        }
    }

    @Test func `is not mixed with another table when the header changes`() async throws {
        try await withSheetsStandIn(buyersGrid()) { google in
            let source = try source(reading: google, tab: "買主リスト")
            google.afterEachRead { [weak google] count in
                google?.edit {
                    $0[0][row: 2, column: 3] = .number(count)
                    $0[0][row: 1, column: 2] = .text("renamed")
                }
            }
            #expect(try await failure(source, wantingShown: [3]).kind == .changed)
        }
    }

    @Test("Numbers never get the shown text of another row, however rows are moved between reads", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func shownBelongsToItsNumber(seed: UInt64) async throws {
        var random = SeededGenerator(seed)
        let numbers = (0..<Int.random(in: 2...20, using: &random)).map { _ in Int.random(in: 1...50, using: &random) }
        let rows = numbers.map { n -> [SheetCell] in n % 3 == 0 ? [.text("t\(n)")] : [.number(n, shown: "shown \(n)")] }
        let editedAfter = Int.random(in: 1...4, using: &random)
        let shuffled = rows.shuffled(using: &random)
        try await withSheetsStandIn(SheetGrid(tab: "t", rows: [[.text("a")]] + rows)) { google in
            let source = try source(reading: google, tab: "t")
            google.afterEachRead { [weak google] count in
                if count == editedAfter { google?.edit { $0[0].rows = [[.text("a")]] + shuffled } }
            }
            _ = try await source.open()
            try await source.wantShown([0])
            for row in try await readAll(source).rows {
                guard case .number(let digits) = row.cells[0].content else { continue }
                #expect(row.cells[0].shown == "shown \(digits)")
            }
        }
    }

    @Test func `of many columns fits into one address`() async throws {
        let header = (0..<185).map { "列\($0)" }
        let row = (0..<185).map { $0 % 2 == 0 ? SheetCell.number($0, shown: "no. \($0)") : .text("t") }
        let tab = "とても長い名前のシート・買主リスト（二〇二六年・大分・福岡・全店舗・最新版）"
        try await withSheetsStandIn(SheetGrid(tab: tab, rows: [header.map(SheetCell.text), row])) { google in
            let source = try source(reading: google, tab: tab)
            _ = try await source.open()
            try await source.wantShown(Set(0..<185))
            #expect(try await readAll(source).rows[0].cells == row)
            #expect(google.log.allSatisfy { $0.utf8.count < 5000 })
        }
    }
}
