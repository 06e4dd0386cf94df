import JSONText

extension SquareAccountMaker {
    /// Categories, items and variations, and at the end two objects that were deleted long ago.
    func catalog(_ locations: [String], vendors: [String]) -> [SquareCatalogObject] {
        let categories = (0..<volumes.categories).map { object(.category, $0, ["name": .string("Category \($0 + 1)")]) }
        var items: [SquareCatalogObject] = [], variations: [SquareCatalogObject] = []
        for number in 0..<volumes.items { items.append(item(number, categories)) }
        for number in 0..<volumes.variations {
            // Every item has one; the rest are second and third ones of the first items.
            variations.append(variation(number, of: items[number % volumes.items], locations, vendors))
        }
        var buried = [
            object(.item, volumes.items, [:]), object(.variation, volumes.variations, ["item_id": .string(token("ITEM", volumes.items, length: 24))]),
        ]
        for index in buried.indices { buried[index].isDeleted = true }
        return categories + items + variations + buried
    }

    private func object(_ kind: SquareCatalogObject.Kind, _ number: Int, _ data: JSONObject) -> SquareCatalogObject {
        var random = random(.catalog, number * 3 + (SquareCatalogObject.Kind.allCases.firstIndex(of: kind) ?? 0))
        let created = opened.adding(milliseconds: Int64(random.below(200_000_000_000)))
        let updated = created.adding(milliseconds: Int64(random.below(30_000_000_000)))
        var object = SquareCatalogObject(
            kind: kind, id: token(kind.rawValue, number, length: 24), version: updated.milliseconds, createdAt: created, updatedAt: updated, data: data)
        if kind != .category, random.chance(5) { object.presentAt = [] }
        return object
    }

    private func item(_ number: Int, _ categories: [SquareCatalogObject]) -> SquareCatalogObject {
        var random = random(.catalog, 1_000_000 + number)
        var data: JSONObject = [
            "name": .string("Sample item \(number + 1)"), "description": .string("Made for tests, no. \(number + 1)"),
            "description_html": .string("<p>Made for tests, no. \(number + 1)</p>"), "description_plaintext": .string("Made for tests, no. \(number + 1)"),
            "product_type": "REGULAR", "is_taxable": .bool(random.chance(80)), "is_archived": .bool(random.chance(10)), "ecom_visibility": "UNINDEXED",
        ]
        if !categories.isEmpty, random.chance(90) {
            let category = JSONValue.string(random.pick(categories).id)
            data["categories"] = [["id": category, "ordinal": .number("-\(random.below(1 << 50))")]]
            data["reporting_category"] = ["id": category, "ordinal": .number("-\(random.below(1 << 50))")]
        }
        return object(.item, number, data)
    }

    private func variation(_ number: Int, of item: SquareCatalogObject, _ locations: [String], _ vendors: [String]) -> SquareCatalogObject {
        var random = random(.catalog, 2_000_000 + number)
        let price = random.within(99...49_999)
        func money(_ amount: Int) -> JSONValue { ["amount": .number("\(amount)"), "currency": "USD"] }
        var data: JSONObject = [
            "item_id": .string(item.id), "name": .string(number < volumes.items ? "Regular" : "Large"), "sku": .string("SKU-\(10_000 + number)"),
            "ordinal": .number("\(number / volumes.items + 1)"), "pricing_type": "FIXED_PRICING", "price_money": money(price),
            "sellable": true, "stockable": true, "track_inventory": .bool(random.chance(95)),
        ]
        let overrides = locations.enumerated().filter { place, _ in number < volumes.items && number * locations.count + place < volumes.availabilities }
        if !overrides.isEmpty {
            data["location_overrides"] = .array(
                overrides.map { place, location in
                    ["location_id": .string(location), "track_inventory": true, "sold_out": .bool(random.chance(7))]
                })
        }
        if number < volumes.vendorInfos, !vendors.isEmpty {
            data["vendor_information"] = [
                ["vendor_id": .string(random.pick(vendors)), "vendor_code": .string("V-\(number)"), "unit_cost_money": money(price / 2)]
            ]
            data["default_unit_cost"] = money(price / 2)
        }
        return object(.variation, number, data)
    }
}
