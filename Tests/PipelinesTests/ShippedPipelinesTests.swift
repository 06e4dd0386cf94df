import Foundation
import Pipelines
import TestSupport
import Testing

/// The files people start from are themselves right.
@Suite struct ShippedPipelinesTests {
    private func load(_ folder: String) throws -> [PipelineDefinition] {
        let path = Repository.root.appending(path: folder).path
        return try PipelineDirectory(path: path, environment: ["BUYERS_SPREADSHEET_ID": "1AbC", "VENDORS_BIGQUERY_PROJECT": "p-1"]).load()
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

    @Test func `the vendors' file takes each field from where the owners said, in their order`() throws {
        let vendors = try #require(try load("ops/pipelines").first { $0.name == "vendors" })
        let stream = try #require(vendors.stream(named: "vendors"))
        #expect(vendors.schedule == .daily(hour: 5, minute: 30, timeZone: "UTC"))
        let origins = Dictionary(uniqueKeysWithValues: stream.columns.map { ($0.to, $0.from) })
        func first(_ choices: [String]...) -> ColumnOrigin { .firstValue(choices.map { ColumnChoice($0, separator: $0.count > 1 ? " " : "") }) }
        #expect(
            origins == [
                "handle": first(["vendors.handle"]),
                "name": first(["vendors.shop_name"], ["sign_up.name"], ["sign_up.first_name", "sign_up.last_name"]),
                "email": first(["vendors.email"], ["sign_up.email"]), "phone": first(["vendors.phone"], ["sign_up.phone_number"]),
                "zone": first(["vendors.zone"], ["orders.zone"]), "gmv_90_day": first(["orders.gmv_90_day"]), "gmv_tier": first(["orders.gmv_90_day"]),
                "origin": first(["sign_up.origin"]), "profile_picture": first(["vendors.profile_image"]), "description": first(["vendors.description"]),
                "average_rating": first(["ratings.average_rating"]),
            ])
        #expect(stream.columns.filter(\.isRequired).map(\.to) == ["handle", "name"])
        let tiers = stream.column(to: "gmv_tier")?.tiers.map { "\($0.from ?? "") \($0.label)" }
        #expect(tiers == ["5000000 Platinum", "2500000 XL", "1000000 Gold", "500000 L", "250000 Silver", "100000 M", "50000 Bronze", " S"])
        guard case .bigQuery(let warehouse) = vendors.source else { throw WrongKind() }
        #expect(warehouse.location == "us-west1" && warehouse.parts.map(\.name) == ["vendors", "sign_up", "orders", "ratings"])
        #expect(warehouse.parts.map(\.isBase) == [true, false, false, false])
        #expect(warehouse.parts[0].columns == ["handle", "shop_name", "email", "phone", "zone", "profile_image", "description"])
        #expect(warehouse.parts[1].columns == ["name", "first_name", "last_name", "email", "phone_number", "origin"])
        #expect(warehouse.parts[2].columns == ["zone", "gmv_90_day"] && warehouse.parts[3].columns == ["average_rating"])
    }

    private struct WrongKind: Error {}

    @Test func `the example for a file of one's own is whole`() throws {
        let example = try #require(try load("ops/pipelines/examples").first)
        #expect(example.name == "customers")
        #expect(example.streams[0].columns.count == 8)
    }
}
