import Mapping
import Pipelines
import TestSupport
import Testing

@Suite struct HeaderContractTests {
    private func stream(_ origins: ColumnOrigin...) -> StreamDefinition {
        let columns = origins.enumerated().map { ColumnMapping(from: $1, to: "c\($0)", type: .text, isRequired: $0 == 0, place: somewhere) }
        return StreamDefinition(name: "s", table: "t", key: ["c0"], columns: columns, place: somewhere)
    }
    private func one(_ header: String, _ occurrence: Int? = nil) -> ColumnOrigin { .header([header], occurrence: occurrence) }

    private func problems(_ header: [String], _ stream: StreamDefinition) -> [HeaderError.Problem] {
        do throws(HeaderError) {
            _ = try HeaderContract.resolve(header, for: stream)
            return []
        } catch {
            return error.problems
        }
    }

    @Test func `headers match byte for byte, wherever they stand`() throws {
        let found = try HeaderContract.resolve(["x", "★最新状況\n", "買主番号", ""], for: stream(one("買主番号"), one("★最新状況\n")))
        #expect(found.columns.map(\.cells) == [[2], [1]])
        #expect(found.unmapped == [0, 3])
        #expect(found.inexact == [])
    }

    @Test(arguments: [
        ("●内覧日(最新）", "●内覧日（最新）"), ("★最新状況\n", "★最新状況"), ("【問合メール】　メール返信", "【問合メール】メール返信"), ("３回架電確認済み", "3回架電確認済み"),
        ("画像１", "画像1"), ("訪問日 \nY/M/D", "訪問日Y/M/D"), ("ﾒｱﾄﾞ", "メアド"), ("か\u{3099}", "が"), ("①", "1"),
    ])
    func `a header of other widths and spaces is taken, and reported`(inSheet: String, wanted: String) throws {
        let found = try HeaderContract.resolve(["id", inSheet], for: stream(one("id"), one(wanted)))
        #expect(found.columns[1].cells == [1])
        #expect(found.inexact == [InexactHeader(wanted: wanted, found: inSheet, column: 1)])
    }

    @Test func `an exact header wins over one that is alike`() throws {
        let found = try HeaderContract.resolve(["が", "か\u{3099}", "id"], for: stream(one("id"), one("か\u{3099}")))
        #expect(found.columns[1].cells == [1])
        #expect(found.inexact == [])
    }

    @Test func `a missing header names the nearest, and every missing one is told`() {
        let found = problems(["買主番号", "内覧日（最新）", "a"], stream(one("買主番号"), one("●内覧日(最新）"), one("★次電日")))
        #expect(found.map(\.kind) == [.missing, .missing])
        #expect(found.map(\.to) == ["c1", "c2"])
        #expect(found[0].nearest == ["内覧日（最新）"])
        #expect(found[0].description == "column c1: the source has no header \"●内覧日(最新）\"; nearest: \"内覧日（最新）\". Correct `from`, or the header in the source")
        #expect(found[1].description.contains("no header is near it"))
    }

    @Test func `a header that stands thrice needs its occurrence, and all places are named`() throws {
        let header = ["id", "x", "過去内覧", "過去内覧", "過去内覧"]
        let found = problems(header, stream(one("id"), one("過去内覧")))
        #expect(found.map(\.kind) == [.ambiguous])
        #expect(found[0].places == [2, 3, 4])
        #expect(found[0].description.contains("stands in columns C, D, E; say which with `occurrence: 1` to `occurrence: 3`"))
        let resolved = try HeaderContract.resolve(header, for: stream(one("id"), one("過去内覧", 3), one("過去内覧", 1)))
        #expect(resolved.columns.map(\.cells) == [[0], [4], [2]])
        let tooMany = problems(header, stream(one("id"), one("過去内覧", 4)))
        #expect(tooMany.first?.description.contains("stands only in columns C, D, E") == true)
    }

    @Test func `two headers that are only alike are ambiguous, not guessed at`() {
        #expect(problems(["id", "画像１", "画像 1"], stream(one("id"), one("画像1"))).map(\.kind) == [.ambiguous])
    }

    @Test func `alternatives are tried in order, and parts of a join each stand alone`() throws {
        let found = try HeaderContract.resolve(
            ["id", "反響日", "姓", "名"], for: stream(one("id"), .header(["受付日", "反響日"], occurrence: nil), .joined(["姓", "名"], separator: " ")))
        #expect(found.columns.map(\.cells) == [[0], [1], [2, 3]])
        #expect(problems(["id", "姓", "姓"], stream(one("id"), .joined(["姓", "名"], separator: " "))).map(\.kind) == [.ambiguous])
    }

    @Test("Order of columns means nothing; a renamed header is another contract", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func fingerprint(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let names = (0..<Int.random(in: 2...20, using: &random)).map { "見出し\($0)" }
        let columns = names.indices.map { ColumnMapping(from: one(names[$0]), to: "c\($0)", type: .text, place: somewhere) }
        let stream = StreamDefinition(name: "s", table: "t", key: ["c0"], columns: columns, place: somewhere)
        let before = try HeaderContract.resolve(names, for: stream)
        var moved = (names + ["new one"]).shuffled(using: &random)
        let after = try HeaderContract.resolve(moved, for: stream)
        #expect(after.fingerprint == before.fingerprint)
        #expect(after.columns.map { moved[$0.cells[0]] } == names)
        let place = try #require(moved.firstIndex(of: names[Int.random(in: names.indices, using: &random)]))
        moved[place] += " "
        #expect(try HeaderContract.resolve(moved, for: stream).fingerprint != before.fingerprint)
    }

    @Test func `columns are named as a spreadsheet does`() {
        #expect([0, 25, 26, 51, 52, 181, 701, 702].map(Mapping.columnLetters) == ["A", "Z", "AA", "AZ", "BA", "FZ", "ZZ", "AAA"])
    }
}
