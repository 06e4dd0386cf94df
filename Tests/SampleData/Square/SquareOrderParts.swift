import JSONText

/// How an order was paid, in part or whole; there is no endpoint of its own for it.
public struct SquareTender: Sendable, Equatable, JSONWritable {
    public var id: String
    public var locationID: String
    /// The order's id: Square keeps the name of the transactions it no longer serves.
    public var transactionID: String
    public var createdAt: SquareMoment
    public var amount: Int64
    /// `CARD` or `CASH`.
    public var type: String
    /// Nil for cash.
    public var paymentID: String?

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("id", id)
            json.member("location_id", locationID)
            json.member("transaction_id", transactionID)
            json.member("created_at", createdAt.text)
            json.member("amount_money", SquareMoney(amount))
            json.member("type", type)
            json.unlessNil("payment_id", paymentID)
            if type == "CASH" {
                json.object("cash_details") { $0.member("buyer_tendered_money", SquareMoney(amount)) }
            } else {
                json.object("card_details") {
                    $0.member("status", "CAPTURED")
                    $0.member("entry_method", "EMV")
                }
            }
        }
    }
}

/// Money given back for an order, as the order tells it.
public struct SquareOrderRefund: Sendable, Equatable, JSONWritable {
    public var id: String
    public var locationID: String
    public var tenderID: String
    public var transactionID: String
    public var createdAt: SquareMoment
    public var reason: String
    public var amount: Int64
    public var status: String

    public func write(to json: inout JSONWriter) {
        json.object {
            $0.member("id", id)
            $0.member("location_id", locationID)
            $0.member("transaction_id", transactionID)
            $0.member("tender_id", tenderID)
            $0.member("created_at", createdAt.text)
            $0.member("reason", reason)
            $0.member("amount_money", SquareMoney(amount))
            $0.member("status", status)
        }
    }
}

/// Goods brought back; `uid` is unique within the order that took them.
public struct SquareOrderReturn: Sendable, Equatable, JSONWritable {
    public var uid: String
    public var sourceOrderID: String
    public var lineUID: String
    public var quantity: String
    public var amount: Int64

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("uid", uid)
            json.member("source_order_id", sourceOrderID)
            json.array("return_line_items") {
                $0.object {
                    $0.member("uid", "\(uid)-1")
                    $0.member("source_line_item_uid", lineUID)
                    $0.member("quantity", quantity)
                    $0.member("total_money", SquareMoney(amount))
                }
            }
            json.object("return_amounts") { $0.member("total_money", SquareMoney(amount)) }
        }
    }
}

/// How goods reach the buyer; `uid` is unique within the order.
public struct SquareFulfillment: Sendable, Equatable, JSONWritable {
    public var uid: String
    /// `PICKUP` or `SHIPMENT`.
    public var type: String
    public var state: String
    public var placedAt: SquareMoment

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("uid", uid)
            json.member("type", type)
            json.member("state", state)
            json.member("line_item_application", "ALL")
            json.object("\(type.lowercased())_details") { $0.member("placed_at", placedAt.text) }
        }
    }
}
