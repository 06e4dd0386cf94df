import JSONText

extension SquareAccountMaker {
    /// Orders from the opening to now, and the payments and refunds that belong to them.
    func addOrders(to account: inout SquareAccount) {
        let variations = account.catalog.filter { $0.kind == .variation && !$0.isDeleted }
        let lineCounts = lineCounts()
        let span = now.milliseconds - opened.milliseconds
        for number in 0..<volumes.orders {
            var random = random(.orders, number)
            let created = opened.adding(milliseconds: span / Int64(volumes.orders) * Int64(number) + Int64(random.below(Int(span) / volumes.orders)))
            let closed = created.adding(milliseconds: Int64(random.within(1_000...900_000)))
            // Some are changed again long after, so the order of creation is not the order of change.
            let updated = random.chance(4) ? closed.adding(hours: Int64(random.within(1...2_000))) : closed
            let state = random.chance(2) ? "OPEN" : random.chance(2) ? "CANCELED" : "COMPLETED"
            var order = SquareOrder(
                id: token("order", number, length: 24), locationID: random.pick(account.locationIDs), createdAt: created, updatedAt: min(updated, now),
                closedAt: state == "OPEN" ? nil : min(closed, now), state: state, version: random.chance(10) ? Int64(random.within(1...9)) : nil,
                lines: lines(lineCounts[number], of: number, variations))
            addParts(to: &order, number, &account)
            account.orders.append(order)
        }
    }

    /// How many lines each order has: one at least, and all of them together as many as were asked for.
    private func lineCounts() -> [Int] {
        guard volumes.orders > 0 else { return [] }
        var random = random(.lines)
        var counts = Array(repeating: 1, count: volumes.orders)
        let mean = max(1, volumes.lineItems / volumes.orders)
        var left = volumes.lineItems - volumes.orders
        for index in counts.indices where left > 0 {
            let more = min(left, random.below(2 * mean))
            counts[index] += more
            left -= more
        }
        while left > 0 {
            counts[random.below(counts.count)] += 1
            left -= 1
        }
        return counts
    }

    private func lines(_ count: Int, of order: Int, _ variations: [SquareCatalogObject]) -> [SquareLineItem] {
        var random = random(.lines, order + 1)
        // Every third order has the uids of an earlier one, as orders that were copied at the till have.
        let namesake = order % 3 == 2 ? random.below(order) : order
        return (0..<count).map { number in
            let price = Int64(random.within(99...9_999))
            let hundredths = random.chance(5) ? Int64(random.within(1...499)) : Int64(100 * random.within(1...6))
            let gross = (price * hundredths + 50) / 100
            let object = random.chance(94) && !variations.isEmpty ? random.pick(variations) : nil
            return SquareLineItem(
                uid: token("line", namesake * 100 + number % 100, length: 22) + (number < 100 ? "" : "-\(number / 100)"), catalogObjectID: object?.id,
                catalogVersion: object?.version, name: object != nil ? "Sample item" : random.chance(30) ? "Custom amount" : nil,
                variationName: object != nil ? "Regular" : nil, quantity: quantityText(hundredths), note: random.chance(3) ? "gift\nwrapped" : nil,
                basePrice: price, gross: gross, tax: random.chance(70) ? (gross * 825 + 5000) / 10_000 : 0, discount: random.chance(8) ? gross / 10 : 0)
        }
    }

    private func quantityText(_ hundredths: Int64) -> String {
        let (whole, rest) = (hundredths / 100, hundredths % 100)
        if rest == 0 { return "\(whole)" }
        return rest % 10 == 0 ? "\(whole).\(rest / 10)" : "\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }

    /// Tenders and payments are spread evenly; refunds, returns and fulfilments are rare.
    private func addParts(to order: inout SquareOrder, _ number: Int, _ account: inout SquareAccount) {
        var random = random(.parts, number)
        let tendersBefore = number * volumes.tenders / volumes.orders, tenders = (number + 1) * volumes.tenders / volumes.orders - tendersBefore
        for tender in tendersBefore..<tendersBefore + tenders {
            let isCash = random.chance(25), payment = token("payment", tender, length: 28)
            order.tenders.append(
                SquareTender(
                    id: isCash ? token("cash", tender, length: 28) : payment, locationID: order.locationID, transactionID: order.id, createdAt: order.createdAt,
                    amount: order.total, type: isCash ? "CASH" : "CARD", paymentID: isCash ? nil : payment))
            guard !isCash else { continue }
            let isRefunded = random.chance(10)
            account.payments.append(
                SquarePayment(
                    id: payment, locationID: order.locationID, orderID: order.id, createdAt: order.createdAt, updatedAt: order.updatedAt,
                    amount: order.total, refunded: isRefunded ? order.total : 0, status: "COMPLETED", versionToken: token("version", tender, length: 45)))
            guard isRefunded else { continue }
            let refund = SquareRefund(
                id: "\(payment)_\(token("refund", tender, length: 12))", locationID: order.locationID, orderID: order.id, paymentID: payment,
                createdAt: order.updatedAt, updatedAt: min(order.updatedAt.adding(hours: 1), now), amount: order.total, status: "COMPLETED",
                reason: "Returned goods")
            account.refunds.append(refund)
            order.refunds.append(
                SquareOrderRefund(
                    id: refund.id, locationID: order.locationID, tenderID: payment, transactionID: order.id, createdAt: refund.createdAt,
                    reason: refund.reason, amount: refund.amount, status: "APPROVED"))
        }
        if random.chance(2), let source = account.orders.last, let line = source.lines.first {
            order.returns = [
                SquareOrderReturn(
                    uid: token("return", number, length: 22), sourceOrderID: source.id, lineUID: line.uid, quantity: line.quantity, amount: line.total)
            ]
        }
        guard random.chance(5) else { return }
        order.fulfillments = [
            SquareFulfillment(
                uid: token("fulfillment", number, length: 22), type: random.chance(50) ? "PICKUP" : "SHIPMENT",
                state: order.state == "OPEN" ? "PROPOSED" : order.state, placedAt: order.createdAt)
        ]
    }
}
