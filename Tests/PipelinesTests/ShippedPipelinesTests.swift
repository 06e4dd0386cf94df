import Foundation
import Pipelines
import TestSupport
import Testing

/// The files people start from are themselves right.
@Suite struct ShippedPipelinesTests {
    private func load(_ folder: String) throws -> [PipelineDefinition] {
        let path = Repository.root.appending(path: folder).path
        return try PipelineDirectory(path: path, environment: ["BUYERS_SPREADSHEET_ID": "1AbC"]).load()
    }

    @Test func `the buyers' file maps all their headers, the threefold one to its three columns`() throws {
        let buyers = try #require(try load("ops/pipelines").first { $0.name == "buyers" })
        let stream = try #require(buyers.stream(named: "buyers"))
        #expect(stream.columns.count == 184)
        #expect(stream.key == ["buyer_number"])
        #expect(stream.deletes == .soft(column: "deleted_at"))
        let past = stream.columns.filter { $0.from.headers == ["2度目以降過去内覧"] }
        #expect(past.map(\.from) == (1...3).map { .header(["2度目以降過去内覧"], occurrence: $0) })
        #expect(past.map(\.to) == ["past_viewing_1", "past_viewing_2", "past_viewing_3"])
        #expect(stream.column(to: "latest_status")?.from == .header(["★最新状況\n"], occurrence: nil))
        #expect(stream.column(to: "campaign_date")?.from == .header(["キャンペーン\u{3000}1500万円以上\n（渡した日）"], occurrence: nil))
        // Junk in a cell must never hold up its row: 356 rows wait for a column's width, and no others.
        #expect(stream.columns.filter { $0.onInvalid == .reject }.map(\.to) == ["buyer_number"])
    }

    @Test func `the example for a file of one's own is whole`() throws {
        let example = try #require(try load("ops/pipelines/examples").first)
        #expect(example.name == "customers")
        #expect(example.streams[0].columns.count == 8)
    }
}
