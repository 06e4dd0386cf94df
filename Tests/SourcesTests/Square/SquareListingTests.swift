import JSONText
import SampleData
import Sources
import TestSupport
import Testing

@Suite struct `A Square account` {
    @Test(arguments: SquareList.allCases)
    func `is told whole, each object once, in pages of any size`(list: SquareList) async throws {
        try await withSquareStandIn { square in
            for size in [1000, 7] {
                square.limitPages(to: size)
                let told = try await list.read(try client(reading: square), of: square.account)
                #expect(told.names.sorted() == list.expected(square.account))
                #expect(!told.names.isEmpty)
                #expect(told.certificate.isComplete)
                #expect(told.certificate.objects == told.names.count)
                #expect(told.certificate.restarts == 0)
                if size == 7, list != .vendors, list != .refunds { #expect(told.certificate.pages > 1) }
            }
        }
    }

    @Test(arguments: SquareList.allCases)
    func `of nobody is told as empty pages, never as an error`(list: SquareList) async throws {
        try await withSquareStandIn { square in
            square.failAlways(.emptyList)
            let told = try await list.read(try client(reading: square), of: square.account)
            #expect(told.names.isEmpty)
            #expect(told.certificate.isComplete)
            #expect(told.certificate.pages > 0)
        }
    }

    @Test func `is asked with the version these types were written for`() async throws {
        try await withSquareStandIn { square in
            for list in SquareList.allCases { _ = try await list.read(try client(reading: square), of: square.account) }
            #expect(Set(square.log.map(\.version)) == ["2025-08-20"])
        }
    }

    @Test func `with twelve locations is searched for orders ten at a time`() async throws {
        try await withSquareStandIn { square in
            _ = try await SquareList.orders.read(try client(reading: square), of: square.account)
            let asked = try square.log.map { exchange -> [JSONValue] in
                guard case .object(let body) = try JSONValue(parsing: Array(exchange.body.utf8)), case .array(let places)? = body["location_ids"] else {
                    return []
                }
                return places
            }
            #expect(asked.map(\.count) == [10, 2])
            #expect(asked.joined().elementsEqual(square.account.locationIDs.map { .string($0) }))
        }
    }

    @Test(arguments: [SquareList.orders, .payments, .refunds])
    func `is asked for what was changed since a moment, that moment included`(list: SquareList) async throws {
        try await withSquareStandIn { square in
            let account = square.account
            let all: [(id: String, updated: SquareMoment)] =
                switch list {
                case .orders: account.orders.map { ($0.id, $0.updatedAt) }
                case .payments: account.payments.map { ($0.id, $0.updatedAt) }
                default: account.refunds.map { ($0.id, $0.updatedAt) }
                }
            let since = all.map(\.updated).sorted()[all.count / 2]
            let told = try await list.read(try client(reading: square), of: account, in: SquareWindow(.updated, from: since.text))
            #expect(told.names.sorted() == all.filter { $0.updated >= since }.map(\.id).sorted())
            #expect(told.names.count < all.count)
        }
    }

    @Test func `is asked for counts after a moment, of some places and states`() async throws {
        try await withSquareStandIn { square in
            let counts = square.account.counts, place = square.account.locationIDs[1]
            let after = counts.map(\.calculatedAt).sorted()[counts.count / 2]
            var told: [String] = []
            let take: SquareClient.Taker = { objects in
                told += objects.compactMap { $0.text("calculated_at") }
                return true
            }
            let reader = try client(reading: square)
            _ = try await reader.counts(after: after.text, take)
            #expect(told.sorted() == counts.filter { $0.calculatedAt > after }.map(\.calculatedAt.text).sorted())
            told = []
            _ = try await reader.counts(locations: [place], states: ["WASTE", "SOLD"], take)
            #expect(told.sorted() == counts.filter { $0.locationID == place && $0.state == "WASTE" }.map(\.calculatedAt.text).sorted())
            #expect(!told.isEmpty)
        }
    }

    @Test(arguments: [SquareList.orders, .payments, .refunds])
    func `is read slice by slice of creation without losing what lies between two slices`(list: SquareList) async throws {
        try await withSquareStandIn { square in
            let account = square.account
            let cut = (list == .refunds ? account.refunds[account.refunds.count / 2].createdAt : account.orders[60].createdAt).text
            let reader = try client(reading: square)
            let early = try await list.read(reader, of: account, in: SquareWindow(.created, to: cut))
            let late = try await list.read(reader, of: account, in: SquareWindow(.created, from: cut))
            #expect(Set(early.names + late.names).sorted() == list.expected(account))
            #expect(early.names.count > 0 && late.names.count > 0)
        }
    }

    @Test func `has 1,200 orders of one moment, and none is lost between the pages`() async throws {
        var volumes = SquareVolumes.small
        (volumes.orders, volumes.lineItems) = (1300, 1500)
        try await withSquareStandIn(SquareAccount(seed: 5, volumes)) { square in
            square.edit { $0.changeOrdersAtOnce(1200) }
            let window = SquareWindow(.updated, from: square.account.now.text)
            let told = try await SquareList.orders.read(try client(reading: square), of: square.account, in: window)
            let account = square.account
            let changed = account.orders.filter { $0.updatedAt == account.now }.map(\.id)
            #expect(changed.count >= 1200)
            #expect(told.names.sorted() == changed.sorted())
            #expect(told.certificate.pages > 2)
        }
    }

    @Test func `tells an order that arrives 71 hours late to who looks back 72`() async throws {
        try await withSquareStandIn { square in
            let cursor = square.account.now
            square.edit { account in
                account.passTime(milliseconds: 60_000)
                account.addLateOrder(hoursBack: 71)
            }
            let window = SquareWindow(.updated, from: cursor.adding(hours: -72).text)
            let told = try await SquareList.orders.read(try client(reading: square), of: square.account, in: window)
            #expect(told.names.contains { $0.hasPrefix("late-order") })
        }
    }

    @Test func `gives the time from which the catalog must be read next, and nothing in between is lost`() async throws {
        try await withSquareStandIn { square in
            square.limitPages(to: 20)
            let variation = try #require(square.account.catalog.first { $0.kind == .variation })
            square.afterEachRequest { count in
                guard count == 2 else { return }
                square.edit { account in
                    account.passTime(milliseconds: 5)
                    account.changePrice(ofVariation: variation.id, to: 1)
                }
            }
            let reader = try client(reading: square)
            let before = square.account.catalogChangedAt.text
            let first = try await reader.catalog(["CATEGORY", "ITEM", "ITEM_VARIATION"]) { _ in true }
            #expect(first.pages > 2)
            #expect(first.latestTime == before)
            var told: [JSONObject] = []
            let second = try await reader.catalog(["CATEGORY", "ITEM", "ITEM_VARIATION"], since: first.latestTime) { objects in
                told += objects
                return true
            }
            #expect(told.map { $0.text("id") } == [variation.id])
            #expect(second.latestTime == square.account.catalogChangedAt.text)
            var none = 0
            _ = try await reader.catalog(["ITEM_VARIATION"], since: second.latestTime) { objects in
                none += objects.count
                return true
            }
            #expect(none == 0)
        }
    }

    @Test func `tells what was deleted as tombstones`() async throws {
        try await withSquareStandIn { square in
            let item = try #require(square.account.catalog.first { $0.kind == .item })
            square.edit { account in
                account.passTime(milliseconds: 5)
                account.deleteCatalogObject(item.id)
            }
            var buried: Set<String> = []
            _ = try await client(reading: square).catalog(["ITEM", "ITEM_VARIATION"]) { objects in
                buried.formUnion(objects.filter { $0["is_deleted"] == true }.compactMap { $0.text("id") })
                return true
            }
            #expect(buried == Set(square.account.catalog.filter(\.isDeleted).map(\.id)))
            #expect(buried.contains(item.id))
        }
    }

    @Test func `that changes between two pages passes no order over`() async throws {
        try await withSquareStandIn { square in
            square.limitPages(to: 10)
            square.afterEachRequest { count in
                square.edit { account in
                    account.passTime(milliseconds: 1000)
                    account.cancelOrder(account.orders.count - count)  // Told already, or soon, or long ago.
                    account.cancelOrder(count)
                }
            }
            let before = square.account
            let told = try await SquareList.orders.read(try client(reading: square), of: before, in: SquareWindow(.updated))
            square.afterEachRequest(nil)
            #expect(told.certificate.pages > 10)
            let missed = Set(before.orders.map(\.id)).subtracting(told.names)
            // What was changed before its page came has moved to the front: the next window has it.
            let next = try await SquareList.orders.read(
                try client(reading: square), of: before, in: SquareWindow(.updated, from: before.now.text))
            #expect(missed.subtracting(next.names).isEmpty)
            #expect(next.names.count > 10)
        }
    }

    @Test func `is asked for orders and objects by their ids, as many as there are`() async throws {
        var volumes = SquareVolumes.small
        (volumes.orders, volumes.lineItems) = (250, 300)
        try await withSquareStandIn(SquareAccount(seed: 9, volumes)) { square in
            let reader = try client(reading: square)
            var told: [String] = []
            let take: SquareClient.Taker = { objects in
                told += objects.compactMap { $0.text("id") }
                return true
            }
            let orders = try await reader.orders(ids: square.account.orders.map(\.id) + ["none"], take)
            #expect(told.sorted() == SquareList.orders.expected(square.account))
            #expect(orders.pages == 3 && orders.isComplete)
            told = []
            let objects = try await reader.catalogObjects(ids: square.account.catalog.map(\.id) + ["none"], take)
            #expect(told.sorted() == SquareList.catalog.expected(square.account))
            #expect(objects.isComplete)
        }
    }

    @Test func `is left early by who has seen enough, and then is not called complete`() async throws {
        try await withSquareStandIn { square in
            square.limitPages(to: 5)
            let reader = try client(reading: square)
            let certificate = try await reader.orders(of: square.account.locationIDs, in: SquareWindow(.created)) { _ in false }
            #expect(!certificate.isComplete)
            #expect(square.log.count == 1)
        }
    }
}
