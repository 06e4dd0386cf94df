import Reporting
import Testing

struct TableTests {
    @Test func `columns stay aligned under Japanese headers`() {
        var table = Table([("header", .left), ("rows", .right), ("note", .left)])
        table.append(["買主番号", "4,137", "key"])
        table.append(["name", "7", ""])
        #expect(
            table.text == """
                header     rows  note
                買主番号  4,137  key
                name          7
                """)
    }

    @Test func `no cell breaks the table or steers the terminal`() {
        var table = Table("a", "b")
        table.append(["★最新状況\r\n(メモ)", "x\u{1B}[31m\u{202E}y\n"])
        #expect(table.text.split(separator: "\n").count == 2)
        #expect(table.text.hasSuffix("★最新状況⏎(メモ)  x·[31m·y⏎"))
    }

    @Test func `a table without rows is its header`() {
        #expect(Table("a", "b").isEmpty)
        #expect(Table("a", "b").text == "a  b")
    }
}
