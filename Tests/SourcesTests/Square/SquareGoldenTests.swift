import Foundation
import JSONText
import SampleData
import TestSupport
import Testing

/// The answers about the smallest account, member by member, as files a person can hold beside Square's own examples.
@Suite struct SquareGoldenTests {
    static let answers = ["locations", "catalog", "counts", "vendors", "orders", "payments", "refunds"]

    @Test(arguments: answers)
    func `the stand-in answers as its golden file says`(name: String) async throws {
        try await withSquareStandIn(.oneOfEach()) { square in
            let talk = try SquareTalk(square)
            let places = square.account.locationIDs
            let answer =
                switch name {
                case "locations": try await talk.get("/v2/locations")
                case "catalog":
                    try await talk.post(
                        "/v2/catalog/search", ["object_types": ["CATEGORY", "ITEM", "ITEM_VARIATION"], "include_deleted_objects": true])
                case "counts": try await talk.post("/v2/inventory/counts/batch-retrieve", [:])
                case "vendors": try await talk.post("/v2/vendors/search", ["filter": ["status": ["ACTIVE", "INACTIVE"]]])
                case "orders": try await talk.post("/v2/orders/search", ["location_ids": .array(places.map { .string($0) })])
                case "payments": try await talk.get("/v2/payments?begin_time=2018-01-01T00:00:00Z&location_id=\(places[0])")
                default: try await talk.get("/v2/refunds?begin_time=2018-01-01T00:00:00Z")
                }
            let file = Repository.root.appending(path: "Tests/SourcesTests/Square/Golden/\(name).json")
            if ProcessInfo.processInfo.environment["ROLLCALL_WRITE_GOLDEN"] != nil { try Data(JSONValue.object(answer.body).line() + [10]).write(to: file) }
            #expect(JSONValue.object(answer.body) == (try JSONValue(parsing: Array(Data(contentsOf: file)))))
        }
    }
}
