import JSONText

/// A payment as the payments API tells it.
public struct SquarePayment: Sendable, Equatable, JSONWritable {
    public var id: String
    public var locationID: String
    public var orderID: String
    public var createdAt: SquareMoment
    public var updatedAt: SquareMoment
    public var amount: Int64
    public var refunded: Int64
    public var status: String
    public var versionToken: String

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("id", id)
            json.member("created_at", createdAt.text)
            json.member("updated_at", updatedAt.text)
            json.member("amount_money", SquareMoney(amount))
            json.member("total_money", SquareMoney(amount))
            json.member("approved_money", SquareMoney(amount))
            if refunded > 0 { json.member("refunded_money", SquareMoney(refunded)) }
            json.array("processing_fee") {
                $0.object {
                    $0.member("effective_at", updatedAt.text)
                    $0.member("type", "INITIAL")
                    $0.member("amount_money", SquareMoney(amount * 26 / 1000 + 10))
                }
            }
            json.member("status", status)
            json.member("delay_duration", "PT168H")
            json.member("delay_action", "CANCEL")
            json.member("source_type", "CARD")
            json.object("card_details") {
                $0.member("status", "CAPTURED")
                $0.object("card") {
                    $0.member("card_brand", "VISA"); $0.member("last_4", "0017")
                }
                $0.member("entry_method", "EMV")
            }
            json.member("location_id", locationID)
            json.member("order_id", orderID)
            json.member("receipt_number", String(id.prefix(4)))
            json.member("version_token", versionToken)
        }
    }
}

/// A refund as the refunds API tells it.
public struct SquareRefund: Sendable, Equatable, JSONWritable {
    public var id: String
    public var locationID: String
    public var orderID: String
    public var paymentID: String
    public var createdAt: SquareMoment
    public var updatedAt: SquareMoment
    public var amount: Int64
    public var status: String
    public var reason: String

    public func write(to json: inout JSONWriter) {
        json.object {
            $0.member("id", id)
            $0.member("status", status)
            $0.member("amount_money", SquareMoney(amount))
            $0.member("payment_id", paymentID)
            $0.member("order_id", orderID)
            $0.member("location_id", locationID)
            $0.member("reason", reason)
            $0.member("created_at", createdAt.text)
            $0.member("updated_at", updatedAt.text)
        }
    }
}
