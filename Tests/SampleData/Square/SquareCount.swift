import JSONText

/// How many of a variation one location has in one state; there is a count per state, and quantities are decimal text.
public struct SquareCount: Sendable, Equatable, JSONWritable {
    public var catalogObjectID: String
    public var locationID: String
    /// `IN_STOCK`, `WASTE`, …
    public var state: String
    /// May be negative or have a fraction of up to five digits.
    public var quantity: String
    public var calculatedAt: SquareMoment

    public func write(to json: inout JSONWriter) {
        json.object {
            $0.member("catalog_object_id", catalogObjectID)
            $0.member("catalog_object_type", "ITEM_VARIATION")
            $0.member("state", state)
            $0.member("location_id", locationID)
            $0.member("quantity", quantity)
            $0.member("calculated_at", calculatedAt.text)
        }
    }
}
