import Mapping
import Pipelines
import SampleData
import Sources
import TestSupport
import Testing

/// A source that reads `google`, without proxies, on a clock that does not wait.
func source(
    reading google: SheetsStandIn, tab: String, headerRow: Int = 1, clock: SkippingClock = SkippingClock(), spreadsheet: String? = nil,
    change: (inout GoogleSheetsAccess) -> Void = { _ in }
) throws -> GoogleSheetsSource {
    var access = GoogleSheetsAccess(endpoint: google.url, credentialsFile: google.credentialsFile, userAgent: "rollcall/test")
    access.proxy = ""
    access.clock = clock.clock
    change(&access)
    let definition = GoogleSheetsDefinition(
        spreadsheet: spreadsheet ?? google.spreadsheet, sheet: tab, headerRow: headerRow, timeZone: "Asia/Tokyo")
    return try GoogleSheetsSource(definition, access: access)
}

/// A row as a source handed it out.
struct ReadRow: Equatable {
    var number: Int
    var cells: [SheetCell]
}

/// All rows, with the shown text where the source gave one.
func readAll(_ source: GoogleSheetsSource) async throws -> (rows: [ReadRow], certificate: ReadCertificate) {
    var rows: [ReadRow] = []
    let certificate = try await source.rows { row in
        let cells = (0..<row.cells.count).map { column -> SheetCell in
            let text = row.text(column), shown = row.shown(column)
            return switch row.kind(column) {
            case .empty, .absent: .empty
            case .text: SheetCell(.text(text), shown: shown)
            case .number: SheetCell(.number(text), shown: shown)
            case .boolean: SheetCell(.boolean(text == "true"), shown: shown)
            case .error: SheetCell(.error(text), shown: shown)
            }
        }
        rows.append(ReadRow(number: row.number, cells: cells))
    }
    return (rows, certificate)
}

/// What opening and reading the source throws, which must be a `SourceError`.
func failure(_ source: GoogleSheetsSource, wantingShown columns: Set<Int> = [], sourceLocation: SourceLocation = #_sourceLocation) async throws -> SourceError {
    let error = await #expect(throws: SourceError.self, sourceLocation: sourceLocation) {
        _ = try await source.open()
        try await source.wantShown(columns)
    }
    return try #require(error, sourceLocation: sourceLocation)
}

/// A buyers' tab of three rows with a cell of every kind.
func buyersGrid() -> SheetGrid {
    SheetGrid(
        tab: "買主リスト",
        rows: [
            [.text("買主番号"), .text("受付日"), .text("★最新状況\n"), .text("電話")],
            [.number(6666), .number("45662", shown: "1/5"), .text("C"), .number("9012345678", shown: "090-1234-5678")],
            [],
            [.text("業者51"), .text("2025/1/5"), .error("#REF!"), .boolean(true)],
        ])
}
