import JSONText

/// An order with all that only exists inside of it: lines, tenders, refunds, returns, fulfilments.
public struct SquareOrder: Sendable, Equatable, JSONWritable {
    public var id: String
    public var locationID: String
    public var createdAt: SquareMoment
    public var updatedAt: SquareMoment
    /// Nil while it is open.
    public var closedAt: SquareMoment?
    /// `OPEN`, `COMPLETED`, `CANCELED`.
    public var state: String
    /// Only orders that were made through the API have one; those of the tills have none.
    public var version: Int64?
    public var lines: [SquareLineItem]
    public var tenders: [SquareTender] = []
    public var refunds: [SquareOrderRefund] = []
    public var returns: [SquareOrderReturn] = []
    public var fulfillments: [SquareFulfillment] = []

    public var total: Int64 { lines.reduce(0) { $0 + $1.total } }

    public func write(to json: inout JSONWriter) {
        let tax = lines.reduce(0) { $0 + $1.tax }, discount = lines.reduce(0) { $0 + $1.discount }
        json.object { json in
            json.member("id", id)
            json.member("location_id", locationID)
            json.member("created_at", createdAt.text)
            json.member("updated_at", updatedAt.text)
            json.unlessNil("closed_at", closedAt?.text)
            json.member("state", state)
            json.unlessNil("version", version)
            json.object("source") { $0.member("name", version == nil ? "Point of Sale" : "Online Store") }
            json.member("total_money", SquareMoney(total))
            json.member("total_tax_money", SquareMoney(tax))
            json.member("total_discount_money", SquareMoney(discount))
            json.object("net_amounts") {
                $0.member("total_money", SquareMoney(total))
                $0.member("tax_money", SquareMoney(tax))
                $0.member("discount_money", SquareMoney(discount))
            }
            json.unlessEmpty("line_items", lines)
            json.unlessEmpty("tenders", tenders)
            json.unlessEmpty("refunds", refunds)
            json.unlessEmpty("returns", returns)
            json.unlessEmpty("fulfillments", fulfillments)
        }
    }
}
