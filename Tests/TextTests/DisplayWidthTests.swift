import Testing

@testable import Text

struct DisplayWidthTests {
    @Test(arguments: [("", 0), ("buyers", 6), ("買主番号", 8), ("★内覧", 5), ("ｱｲｳ", 3), ("か\u{3099}", 2), ("é", 1), ("e\u{301}", 1), ("Ａ", 2), ("\u{3000}", 2)])
    func `Japanese letters take two columns and marks none`(text: String, width: Int) {
        #expect(displayWidth(text) == width)
    }

    @Test func `a text is cut between letters and marked`() {
        #expect(clipped("買主番号", toColumns: 8) == "買主番号")
        #expect(clipped("買主番号", toColumns: 7) == "買主番…")
        #expect(clipped("買主番号", toColumns: 6) == "買主…")
        #expect(clipped("buyers", toColumns: 4) == "buy…")
        #expect(clipped("buyers", toColumns: 1) == "…")
        #expect(clipped("buyers", toColumns: 0) == "")
    }
}
