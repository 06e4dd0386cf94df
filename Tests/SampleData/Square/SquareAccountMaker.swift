import JSONText

/// Makes an account of any size from a seed.
struct SquareAccountMaker {
    let seed: UInt64
    let volumes: SquareVolumes
    /// When the shop opened.
    let opened = SquareMoment(milliseconds: 1_525_180_000_000)  // 2018-05-01T13:06:40Z
    let now = SquareMoment(milliseconds: 1_763_661_600_000)  // 2025-11-20T18:00:00Z

    /// What a random stream is for: no number depends on how many of another kind were drawn.
    enum Stream: UInt64 { case token = 1, location, catalog, overrides, vendors, counts, lines, orders, parts, payments }

    mutating func make() -> SquareAccount {
        var account = SquareAccount(now: now)
        account.locations = (0..<volumes.locations).map(location)
        account.vendors = (0..<volumes.vendors).map(vendor)
        account.catalog = catalog(account.locationIDs, vendors: account.vendors.compactMap { $0.text("id") })
        account.counts = counts(of: account)
        addOrders(to: &account)
        return account
    }

    func random(_ stream: Stream, _ number: Int = 0) -> SampleRandom { SampleRandom(seed: seed, stream.rawValue, UInt64(number)) }

    /// An id of letters and digits as Square hands them out; the same kind and number, the same id.
    func token(_ kind: String, _ number: Int, length: Int) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
        var random = SampleRandom(seed: seed, Stream.token.rawValue, kind.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) }, UInt64(number))
        return String(decoding: (0..<length).map { _ in letters[random.below(letters.count)] }, as: UTF8.self)
    }

    private func location(_ number: Int) -> JSONObject {
        var random = random(.location, number)
        let places = ["Orchard", "Harbour", "Mill", "Station", "Bridge", "Market", "Chapel", "Garden", "Quarry"]
        let name = places[number % places.count] + (number < places.count ? "" : " \(number / places.count + 1)")
        return [
            "id": .string("L" + token("location", number, length: 12)), "name": .string(name),
            "address": ["address_line_1": .string("\(random.within(1...999)) Example Road"), "locality": "Sampleton", "country": "US"],
            "timezone": "America/Chicago", "capabilities": ["CREDIT_CARD_PROCESSING"],
            // The last one is closed, and its orders and payments are still there.
            "status": number > 0 && number == volumes.locations - 1 ? "INACTIVE" : "ACTIVE",
            "created_at": .string(opened.adding(hours: Int64(24 * number)).text), "merchant_id": "MSAMPLEMERCHANT", "country": "US", "currency": "USD",
            "business_hours": ["periods": [["day_of_week": "MON", "start_local_time": "09:00:00", "end_local_time": "17:30:00"]]],
        ]
    }

    private func vendor(_ number: Int) -> JSONObject {
        var random = random(.vendors, number)
        let changed = opened.adding(hours: Int64(random.within(1...60_000)))
        return [
            "id": .string("INV_V_" + token("vendor", number, length: 26)), "created_at": .string(opened.text), "updated_at": .string(changed.text),
            "name": .string("Sample Supplier \(number + 1)"), "account_number": .string("\(random.within(100_000...999_999))"),
            "contacts": [["id": .string("INV_VC_" + token("contact", number, length: 26)), "name": "A. Example", "phone_number": "1-555-0100"]],
            "status": number == volumes.vendors - 1 ? "INACTIVE" : "ACTIVE", "version": .number("\(random.within(1...40))"),
        ]
    }

    private func counts(of account: SquareAccount) -> [SquareCount] {
        var counts: [SquareCount] = []
        let variations = account.catalog.filter { $0.kind == .variation }.map(\.id)
        for (number, variation) in variations.enumerated() {
            for (place, location) in account.locationIDs.enumerated() {
                var random = random(.counts, number * volumes.locations + place)
                let quantity =
                    random.chance(3) ? "\(random.below(90)).\(random.within(1...9))" : random.chance(4) ? "-\(random.within(1...9))" : "\(random.below(400))"
                let moment = opened.adding(milliseconds: Int64(random.below(Int(now.milliseconds - opened.milliseconds))))
                counts.append(
                    SquareCount(catalogObjectID: variation, locationID: location, state: "IN_STOCK", quantity: quantity, calculatedAt: moment))
                guard random.chance(5) else { continue }
                counts.append(
                    SquareCount(
                        catalogObjectID: variation, locationID: location, state: "WASTE", quantity: "\(random.within(1...20))", calculatedAt: moment))
            }
        }
        return counts
    }
}
