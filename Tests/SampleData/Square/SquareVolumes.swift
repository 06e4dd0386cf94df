/// How much of everything an account has.
public struct SquareVolumes: Sendable {
    public var locations: Int
    public var categories: Int
    public var items: Int
    /// At least as many as items: each has one.
    public var variations: Int
    public var vendors: Int
    public var vendorInfos: Int
    /// Pairs of item and location with an override.
    public var availabilities: Int
    public var orders: Int
    /// At least as many as orders: each has one.
    public var lineItems: Int
    public var tenders: Int

    public init(
        locations: Int, categories: Int, items: Int, variations: Int, vendors: Int, vendorInfos: Int, availabilities: Int, orders: Int, lineItems: Int,
        tenders: Int
    ) {
        (self.locations, self.categories, self.items, self.variations) = (locations, categories, items, variations)
        (self.vendors, self.vendorInfos, self.availabilities) = (vendors, vendorInfos, availabilities)
        (self.orders, self.lineItems, self.tenders) = (orders, lineItems, tenders)
    }

    /// What the shop with nine locations had.
    public static let shop = SquareVolumes(
        locations: 9, categories: 25, items: 867, variations: 1002, vendors: 11, vendorInfos: 989, availabilities: 7801, orders: 30_390, lineItems: 159_131,
        tenders: 2493)

    /// Everything, several pages of it at small page sizes, more than ten locations.
    public static let small = SquareVolumes(
        locations: 12, categories: 4, items: 20, variations: 26, vendors: 3, vendorInfos: 22, availabilities: 200, orders: 120, lineItems: 500, tenders: 60)
}
