import JSONText

/// What happens at the tills and in the office while somebody reads.
extension SquareAccount {
    public mutating func passTime(milliseconds: Int64) { now = now.adding(milliseconds: milliseconds) }

    /// Somebody cancels an order, now.
    public mutating func cancelOrder(_ index: Int) {
        orders[index].state = "CANCELED"
        orders[index].closedAt = now
        touchOrder(index)
    }

    /// An order becomes visible whose times lie `hours` back: a till that was offline has found the network again.
    /// - Returns: its id.
    @discardableResult public mutating func addLateOrder(hoursBack hours: Int64, location: Int = 0) -> String {
        let moment = now.adding(hours: -hours)
        let id = "late-order-\(orders.count)"
        let line = SquareLineItem(uid: "late-line", name: "Loose apples", quantity: "0.75", basePrice: 399, gross: 299, tax: 0, discount: 0)
        orders.append(
            SquareOrder(
                id: id, locationID: locationIDs[location], createdAt: moment, updatedAt: moment, closedAt: moment, state: "COMPLETED", lines: [line]))
        return id
    }

    /// The first `count` orders are changed by one import, so all have one `updated_at`: now.
    public mutating func changeOrdersAtOnce(_ count: Int) { for index in orders.indices.prefix(count) { touchOrder(index) } }

    private mutating func touchOrder(_ index: Int) {
        orders[index].updatedAt = now
        if let version = orders[index].version { orders[index].version = version + 1 }
    }

    /// Deletes an object; an item takes its variations with it. Its counts stay.
    public mutating func deleteCatalogObject(_ id: String) {
        for index in catalog.indices where catalog[index].id == id || catalog[index].itemID == id && !catalog[index].isDeleted {
            catalog[index].isDeleted = true
            touchCatalogObject(index)
        }
    }

    /// Gives a variation another price; its item keeps its version.
    public mutating func changePrice(ofVariation id: String, to amount: Int64) {
        guard let index = catalog.firstIndex(where: { $0.id == id }) else { return }
        catalog[index].data["price_money"] = ["amount": .number(String(amount)), "currency": "USD"]
        touchCatalogObject(index)
    }

    private mutating func touchCatalogObject(_ index: Int) {
        catalog[index].updatedAt = now
        catalog[index].version = max(now.milliseconds, catalog[index].version + 1)
    }

    /// Somebody counts again.
    public mutating func changeCount(_ index: Int, quantity: String) {
        counts[index].quantity = quantity
        counts[index].calculatedAt = now
    }
}
