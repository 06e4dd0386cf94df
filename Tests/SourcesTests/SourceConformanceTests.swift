import Pipelines
import SampleData
import Sources
import TestSupport
import Testing

@Suite struct SourceConformanceTests {
    @Test(arguments: SourceConformance.Rule.allCases)
    func `a CSV file keeps the rule`(rule: SourceConformance.Rule) async throws {
        let folder = try ScratchFolder()
        let conformance = SourceConformance(keeps: .shownText) { grid in
            let path = try folder.write(CSVText().bytes(grid), to: "buyers.csv")
            return .init(CSVSource(CSVDefinition(path: path))) { other in try folder.write(CSVText().bytes(other), to: "buyers.csv") }
        }
        try await conformance.check(rule)
    }

    @Test(arguments: SourceConformance.Rule.allCases)
    func `a table of BigQuery keeps the rule`(rule: SourceConformance.Rule) async throws {
        try await withBigQueryStandIn([]) { google in
            let conformance = SourceConformance(keeps: .shownText) { grid in
                google.edit { $0 = [table(of: grid)] }
                let names = table(of: grid).columns.map(\.name)
                let part = BigQueryPart(
                    name: "t", isBase: true, key: "c0", origin: .table(name: "sheets.t", filter: nil, newest: nil), columns: names, place: bigQueryPlace)
                return .init(try source(reading: google, [part]), names: names.map { "t.\($0)" }) { other in google.edit { $0 = [table(of: other)] } }
            }
            try await conformance.check(rule)
        }
    }

    @Test(arguments: SourceConformance.Rule.allCases)
    func `a tab of Google Sheets keeps the rule`(rule: SourceConformance.Rule) async throws {
        let google = try SheetsStandIn([])
        let conformance = SourceConformance(keeps: .kinds) { grid in
            google.edit { $0 = [grid] }
            return .init(try source(reading: google, tab: grid.tab)) { other in google.edit { $0 = [other] } }
        }
        do {
            try await conformance.check(rule)
        } catch {
            await google.stop()
            throw error
        }
        await google.stop()
    }
}

/// The grid's rows, as people see them, in columns c0, c1 and so on; what is empty there is null.
private func table(of grid: SheetGrid) -> WarehouseTable {
    let width = grid.rows.first?.count ?? 0
    let rows = grid.rows.indices.dropFirst().map { row in
        (0..<width).map { column -> WarehouseTable.Value in
            let text = grid[row: row + 1, column: column].shown
            return text.isEmpty ? .null : .text(text)
        }
    }
    return WarehouseTable("sheets.t", columns: (0..<width).map { .init("c\($0)") }, rows: rows)
}
