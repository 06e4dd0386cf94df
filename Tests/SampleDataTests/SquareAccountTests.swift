import JSONText
import SampleData
import Testing

@Suite struct SquareAccountTests {
    private func text(_ account: SquareAccount) -> [UInt8] {
        var json = JSONWriter()
        json.array { json in
            for location in account.locations { json.value(location) }
            for object in account.catalog { object.write(to: &json) }
            for count in account.counts { json.value(count) }
            for order in account.orders { json.value(order) }
            for payment in account.payments { json.value(payment) }
            for refund in account.refunds { json.value(refund) }
        }
        return json.bytes
    }

    @Test func `the shop has the volumes it was found with`() {
        let shop = SquareAccount(seed: 1, .shop)
        #expect(shop.locations.count == 9)
        #expect(shop.catalog.count { $0.kind == .category } == 25)
        #expect(shop.catalog.count { $0.kind == .item && !$0.isDeleted } == 867)
        #expect(shop.catalog.count { $0.kind == .variation && !$0.isDeleted } == 1002)
        #expect(shop.counts.count { $0.state == "IN_STOCK" && $0.catalogObjectID != shop.catalog.last?.id } == 9018)
        #expect(shop.catalog.reduce(0) { $0 + elements("location_overrides", of: $1) } == 7801)
        #expect(shop.catalog.reduce(0) { $0 + elements("vendor_information", of: $1) } == 989)
        #expect(shop.vendors.count == 11)
        #expect(shop.orders.count == 30_390)
        #expect(shop.orders.reduce(0) { $0 + $1.lines.count } == 159_131)
        #expect(shop.orders.reduce(0) { $0 + $1.tenders.count } == 2493)
    }

    private func elements(_ name: String, of object: SquareCatalogObject) -> Int {
        guard case .array(let values)? = object.data[name] else { return 0 }
        return values.count
    }

    @Test func `the account holds what readers get wrong`() {
        let account = SquareAccount(seed: 1)
        #expect(Set(account.orders.map(\.id)).count == account.orders.count)
        let uids = account.orders.flatMap { order in order.lines.map(\.uid) }
        #expect(Set(uids).count < uids.count, "no uid comes again")
        #expect(account.orders.allSatisfy { order in Set(order.lines.map(\.uid)).count == order.lines.count })
        #expect(account.orders.contains { $0.version == nil } && account.orders.contains { $0.version != nil })
        #expect(account.orders.contains { $0.closedAt == nil })
        #expect(account.orders.contains { order in order.lines.contains { $0.catalogObjectID == nil && $0.name == nil } })
        #expect(account.counts.contains { $0.quantity.contains(".") } && account.counts.contains { $0.quantity.hasPrefix("-") })
        #expect(account.catalog.contains { $0.isDeleted })
        #expect(account.locations.contains { $0.text("status") == "INACTIVE" })
        #expect(account.vendors.contains { $0.text("status") == "INACTIVE" })
    }

    @Test func `the same seed makes the same account, another seed another`() {
        #expect(fnv1a(text(SquareAccount(seed: 1))) == 6_356_106_754_716_733_291)
        #expect(text(SquareAccount(seed: 1)) != text(SquareAccount(seed: 2)))
    }

    @Test(arguments: [
        ("2018-05-01T13:06:40.000Z", Int64(1_525_180_000_000)), ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59.999Z", -1),
        ("2024-02-29T12:00:00+09:00", 1_709_175_600_000), ("2024-02-29T12:00:00.1239999-00:30", 1_709_209_800_123),
    ])
    func `a moment is read in any offset and written in UTC`(text: String, milliseconds: Int64) throws {
        let moment = try #require(SquareMoment(text))
        #expect(moment.milliseconds == milliseconds)
        #expect(SquareMoment(moment.text) == moment)
    }

    @Test(arguments: ["", "2018-05-01", "2018-05-01T13:06:40", "2018-13-01T13:06:40Z", "2018-05-01T25:06:40Z", "2018-05-01T13:06:40.Z", "yesterday"])
    func `what is no moment is none`(text: String) { #expect(SquareMoment(text) == nil) }
}
