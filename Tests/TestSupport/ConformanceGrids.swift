import SampleData

/// The grids that `SourceConformance` puts into a place.
enum ConformanceGrids {
    /// Blank and ragged rows, and no line break in any cell, so that a line of a file is a row of the sheet.
    static let plain = SheetGrid(
        tab: "買主リスト",
        rows: [
            ["買主番号", "氏名", "状況", "備考"].map(SheetCell.text),
            [.text("1"), .text("見本 0001"), .text("C"), .text("n")],
            [.text("2"), .text("見本 0002")],
            [],
            [.empty, .empty, .text("only the third")],
            [.empty, .empty, .empty, .empty],
            [.text("5"), .empty, .empty, .text("last")],
            [.text("6"), .text("見本 0006"), .text("D"), .text("end")],
        ])

    static let headerOnly = SheetGrid(tab: "買主リスト", header: ["買主番号", "氏名"], rows: [])

    /// What has broken a reader somewhere, in header and cells.
    static let hostile = SheetGrid(
        tab: "it's 買主/リスト",
        rows: [
            ["★最新状況\n", "2度目以降過去内覧", "2度目以降過去内覧", "a", "キャンペーン　1500万円以上\n（渡した日）", "●内覧日(最新）", "か\u{3099}", "が"].map(SheetCell.text),
            [.text("が"), .text("か\u{3099}"), .text("👩‍👩‍👧‍👦"), .text("\u{200F}אב"), .text("　"), .text(" a "), .text("ﾏﾝｼｮﾝ"), .text("x")],
            [.text("\""), .text("\"\""), .text("a\"b"), .text("\"a\""), .text("a,b;c\td|e"), .text(","), .text("'a"), .text("x")],
            [.text("a\nb"), .text("a\r\nb"), .text("\n"), .text("a\rb"), .text("\n\n"), .text("a\n"), .text("\nb"), .text("x")],
            [.text("007"), .text("1.0"), .text("1e5"), .text("0x1F"), .text("NaN"), .text("TRUE"), .text("null"), .text("#REF!?")],
            [
                .number("6666"), .number("0.416667", shown: "10:00"), .number("12345678901234567"), .number("-0.5"), .boolean(true), .boolean(false),
                .error("#REF!"), .text("x"),
            ],
            [
                .number("45662", shown: "1/5"), .text("\u{FEFF}x"), .text("\u{A0}"), .text("\u{2028}"), .text("\u{85}"), .text("\u{7F}"), .text("\u{1}"),
                .text("終"),
            ],
        ])
}
