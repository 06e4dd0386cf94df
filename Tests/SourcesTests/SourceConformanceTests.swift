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
