import JSONText

/// One line of an order. Its `uid` tells it from the other lines of that order, and from nothing else.
public struct SquareLineItem: Sendable, Equatable, JSONWritable {
    public var uid: String
    /// Nil for a custom amount, which often has no name either.
    public var catalogObjectID: String?
    public var catalogVersion: Int64?
    public var name: String?
    public var variationName: String?
    /// Decimal text.
    public var quantity: String
    public var note: String?
    public var basePrice: Int64
    /// Price times quantity.
    public var gross: Int64
    public var tax: Int64
    public var discount: Int64

    public var total: Int64 { gross + tax - discount }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("uid", uid)
            json.unlessNil("catalog_object_id", catalogObjectID)
            json.unlessNil("catalog_version", catalogVersion)
            json.member("quantity", quantity)
            json.unlessNil("name", name)
            json.unlessNil("variation_name", variationName)
            json.unlessNil("note", note)
            json.member("item_type", catalogObjectID == nil ? "CUSTOM_AMOUNT" : "ITEM")
            json.member("base_price_money", SquareMoney(basePrice))
            json.member("variation_total_price_money", SquareMoney(gross))
            json.member("gross_sales_money", SquareMoney(gross))
            json.member("total_tax_money", SquareMoney(tax))
            json.member("total_discount_money", SquareMoney(discount))
            json.member("total_money", SquareMoney(total))
            if tax > 0 {
                json.array("applied_taxes") {
                    $0.object {
                        $0.member("uid", "\(uid)-tax")
                        $0.member("tax_uid", "state-sales-tax")
                        $0.member("applied_money", SquareMoney(tax))
                    }
                }
            }
        }
    }
}
