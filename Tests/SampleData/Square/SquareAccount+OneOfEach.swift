extension SquareAccount {
    /// The smallest account with one of each thing there is, for answers that a person reads.
    public static func oneOfEach() -> SquareAccount {
        let volumes = SquareVolumes(
            locations: 2, categories: 1, items: 1, variations: 2, vendors: 1, vendorInfos: 1, availabilities: 2, orders: 2, lineItems: 3, tenders: 2)
        var account = SquareAccount(seed: 20, volumes)
        let order = account.orders[1], reason = "Returned goods"
        account.payments = [
            SquarePayment(
                id: "sample-payment", locationID: account.locationIDs[0], orderID: order.id, createdAt: order.createdAt, updatedAt: order.updatedAt,
                amount: order.total, refunded: 100, status: "COMPLETED", versionToken: "sample-version")
        ]
        account.orders[1].tenders = [
            SquareTender(
                id: "sample-payment", locationID: order.locationID, transactionID: order.id, createdAt: order.createdAt, amount: order.total, type: "CARD",
                paymentID: "sample-payment")
        ]
        account.orders[1].refunds = [
            SquareOrderRefund(
                id: "sample-refund", locationID: order.locationID, tenderID: "sample-payment", transactionID: order.id, createdAt: order.updatedAt,
                reason: reason, amount: 100, status: "APPROVED")
        ]
        account.orders[1].returns = [
            SquareOrderReturn(uid: "sample-return", sourceOrderID: account.orders[0].id, lineUID: order.lines[0].uid, quantity: "1", amount: 100)
        ]
        account.orders[1].fulfillments = [SquareFulfillment(uid: "sample-fulfillment", type: "PICKUP", state: "COMPLETED", placedAt: order.createdAt)]
        account.refunds = [
            SquareRefund(
                id: "sample-refund", locationID: order.locationID, orderID: order.id, paymentID: "sample-payment", createdAt: order.updatedAt,
                updatedAt: order.updatedAt, amount: 100, status: "COMPLETED", reason: reason)
        ]
        return account
    }
}
