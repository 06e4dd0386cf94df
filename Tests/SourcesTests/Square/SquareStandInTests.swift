import JSONText
import SampleData
import TestSupport
import Testing

/// The stand-in keeps the rules that readers of Square trip over, so a client that passes against it obeys them.
@Suite struct SquareStandInTests {
    private static func search(_ places: [String], _ more: JSONObject = [:]) -> JSONValue {
        var body: JSONObject = ["location_ids": .array(places.map { .string($0) })]
        for member in more.members { body[member.name] = member.value }
        return .object(body)
    }

    private static func sortedBy(_ field: String, filter: JSONValue) -> JSONObject {
        ["query": ["filter": ["date_time_filter": filter], "sort": ["sort_field": .string(field), "sort_order": "ASC"]]]
    }

    @Test func `a token that is not the account's is refused, and so is a path that is none`() async throws {
        try await withSquareStandIn { square in
            let talk = try SquareTalk(square)
            let refused = try await talk.get("/v2/locations", token: "other")
            #expect(refused.status == 401)
            #expect(refused.code == "UNAUTHORIZED")
            #expect(try await talk.get("/v2/tenders").status == 404)
        }
    }

    @Test func `an empty list is left out, and a page that is not the last has a cursor`() async throws {
        try await withSquareStandIn { square in
            let talk = try SquareTalk(square)
            let none = try await talk.post("/v2/catalog/search", ["object_types": ["ITEM"], "begin_time": "2040-01-01T00:00:00Z"])
            #expect(none.body.members.map(\.name) == ["latest_time"])
            #expect(try await talk.get("/v2/refunds?begin_time=2040-01-01T00:00:00Z").body.members.isEmpty)

            let first = try await talk.post("/v2/catalog/search", ["object_types": ["ITEM"], "limit": 15])
            let cursor = try #require(first.body.text("cursor"))
            let second = try await talk.post("/v2/catalog/search", ["object_types": ["ITEM"], "limit": 15, "cursor": .string(cursor)])
            #expect(second.body["cursor"] == nil)
            #expect((first.ids("objects") + second.ids("objects")).count == 20)
            #expect(Set(first.ids("objects") + second.ids("objects")).count == 20)
        }
    }

    @Test func `a cursor is good for the same question only, and not for ever`() async throws {
        try await withSquareStandIn { square in
            let talk = try SquareTalk(square)
            let first = try await talk.post("/v2/catalog/search", ["object_types": ["ITEM"], "limit": 5])
            let cursor = JSONValue.string(try #require(first.body.text("cursor")))
            let other = try await talk.post("/v2/catalog/search", ["object_types": ["ITEM"], "limit": 6, "cursor": cursor])
            #expect(other.status == 400)
            #expect(other.code == "INVALID_CURSOR")
            square.expireCursors()
            let late = try await talk.post("/v2/catalog/search", ["object_types": ["ITEM"], "limit": 5, "cursor": cursor])
            #expect(late.code == "INVALID_CURSOR")
        }
    }

    @Test func `the catalog hides tombstones unless asked, and begins after begin_time`() async throws {
        try await withSquareStandIn { square in
            let talk = try SquareTalk(square)
            let item = try #require(square.account.catalog.first { $0.kind == .item })
            square.edit { account in
                account.passTime(milliseconds: 1000)
                account.deleteCatalogObject(item.id)
            }
            let alive = try await talk.post("/v2/catalog/search", ["object_types": ["ITEM", "ITEM_VARIATION"]])
            #expect(!alive.ids("objects").contains(item.id))
            #expect(alive.objects("objects").allSatisfy { $0["is_deleted"] == false })
            let latest = try #require(alive.body.text("latest_time"))
            let deleted: JSONObject = ["object_types": ["ITEM", "ITEM_VARIATION"], "include_deleted_objects": true]
            var since = deleted
            since["begin_time"] = .string("2025-11-20T18:00:00.999Z")
            let buried = try await talk.post("/v2/catalog/search", .object(since))
            #expect(buried.ids("objects").contains(item.id))
            #expect(buried.objects("objects").count == 3)  // The item and its two variations.
            #expect(buried.objects("objects").allSatisfy { $0["is_deleted"] == true && $0["item_data"] == nil })
            since["begin_time"] = .string(latest)
            #expect(try await talk.post("/v2/catalog/search", .object(since)).objects("objects").isEmpty)
        }
    }

    @Test func `the list of the catalog nests variations and knows no tombstones`() async throws {
        try await withSquareStandIn { square in
            let listed = try await SquareTalk(square).get("/v2/catalog/list?types=ITEM")
            #expect(listed.objects("objects").count == 20)
            let nested = listed.objects("objects").reduce(0) { sum, item in
                guard case .object(let data)? = item["item_data"], case .array(let variations)? = data["variations"] else { return sum }
                return sum + variations.count
            }
            #expect(nested == 26)
        }
    }

    @Test func `a search for orders needs one to ten locations and the filter's own order`() async throws {
        try await withSquareStandIn { square in
            let talk = try SquareTalk(square)
            let all = square.account.locationIDs
            #expect(all.count == 12)
            #expect(try await talk.post("/v2/orders/search", [:]).status == 400)
            #expect(try await talk.post("/v2/orders/search", Self.search(all)).status == 400)
            #expect(try await talk.post("/v2/orders/search", Self.search(["L-unknown"])).status == 400)
            #expect(try await talk.post("/v2/orders/search", Self.search(Array(all.prefix(10)), ["limit": 1001])).status == 400)
            let filter: JSONValue = ["updated_at": ["start_at": "2018-01-01T00:00:00Z"]]
            let refused = try await talk.post("/v2/orders/search", Self.search([all[0]], Self.sortedBy("CREATED_AT", filter: filter)))
            #expect(refused.status == 400)
            let found = try await talk.post("/v2/orders/search", Self.search(Array(all.prefix(10)), Self.sortedBy("UPDATED_AT", filter: filter)))
            #expect(found.status == 200)
            #expect(found.ids("orders").count == square.account.orders.count { all.prefix(10).contains($0.locationID) })
        }
    }

    @Test func `both ends of a search for orders belong to it`() async throws {
        try await withSquareStandIn { square in
            let order = square.account.orders[7]
            let moment = JSONValue.string(order.updatedAt.text)
            let filter: JSONValue = ["updated_at": ["start_at": moment, "end_at": moment]]
            let found = try await SquareTalk(square).post("/v2/orders/search", Self.search([order.locationID], Self.sortedBy("UPDATED_AT", filter: filter)))
            #expect(found.ids("orders") == [order.id])
        }
    }

    @Test func `payments are those of the main location and the last year unless asked otherwise`() async throws {
        try await withSquareStandIn { square in
            let talk = try SquareTalk(square)
            let account = square.account
            let yearAgo = account.now.adding(hours: -365 * 24)
            func expected(_ place: String, since begin: SquareMoment) -> Set<String> {
                Set(account.payments.filter { $0.locationID == place && $0.createdAt >= begin }.map(\.id))
            }
            #expect(Set(try await talk.get("/v2/payments").ids("payments")) == expected(account.locationIDs[0], since: yearAgo))
            for place in account.locationIDs {
                let told = try await talk.get("/v2/payments?location_id=\(place)&begin_time=2018-01-01T00:00:00Z&limit=500")
                #expect(Set(told.ids("payments")) == expected(place, since: SquareMoment(milliseconds: 0)))
            }
            #expect(account.payments.contains { $0.createdAt < yearAgo })
            #expect(Set(try await talk.get("/v2/refunds").ids("refunds")) == Set(account.refunds.filter { $0.createdAt >= yearAgo }.map(\.id)))
        }
    }

    @Test func `a page of payments has a hundred at most, whatever is asked for`() async throws {
        var volumes = SquareVolumes.small
        volumes.tenders = 600
        volumes.locations = 1
        try await withSquareStandIn(SquareAccount(seed: 3, volumes)) { square in
            let told = try await SquareTalk(square).get("/v2/payments?begin_time=2018-01-01T00:00:00Z&limit=500")
            #expect(told.ids("payments").count == 100)
            #expect(told.body["cursor"] != nil)
        }
    }

    @Test func `counts come newest first, one for each state`() async throws {
        try await withSquareStandIn { square in
            let told = try await SquareTalk(square).post("/v2/inventory/counts/batch-retrieve", ["limit": 1000]).objects("counts")
            #expect(told.count == square.account.counts.count)
            let moments = told.compactMap { $0.text("calculated_at") }
            #expect(moments == moments.sorted(by: >))
            #expect(Set(told.compactMap { $0.text("state") }) == ["IN_STOCK", "WASTE"])
            let pair = told.filter { $0.text("state") == "WASTE" }.compactMap { $0.text("catalog_object_id") }.first
            #expect(told.count { $0.text("catalog_object_id") == pair } > 12)
        }
    }

    @Test func `vendors need a filter, and some are inactive`() async throws {
        try await withSquareStandIn { square in
            let talk = try SquareTalk(square)
            #expect(try await talk.post("/v2/vendors/search", [:]).status == 400)
            #expect(try await talk.post("/v2/vendors/search", ["filter": ["status": ["ACTIVE"]]]).ids("vendors").count == 2)
            #expect(try await talk.post("/v2/vendors/search", ["filter": ["status": ["ACTIVE", "INACTIVE"]]]).ids("vendors").count == 3)
        }
    }

    @Test func `what the stand-in does not know it refuses`() async throws {
        try await withSquareStandIn { square in
            let refused = try await SquareTalk(square).post("/v2/catalog/search", ["object_types": ["ITEM"], "query": ["text_query": [:]]])
            #expect(refused.status == 400)
        }
    }

    @Test func `ids that do not exist are passed over`() async throws {
        try await withSquareStandIn { square in
            let talk = try SquareTalk(square)
            let id = square.account.orders[3].id
            #expect(try await talk.post("/v2/orders/batch-retrieve", ["order_ids": [.string(id), "none"]]).ids("orders") == [id])
            let object = square.account.catalog[2].id
            #expect(try await talk.post("/v2/catalog/batch-retrieve", ["object_ids": [.string(object), "none"]]).ids("objects") == [object])
        }
    }
}
