import JSONText

/// A seller's account at Square, as far as anyone reads it: the same seed and volumes make the same account, byte by byte.
///
/// It holds what real accounts hold and readers get wrong: a location that is closed, uids of line items that come again in other orders,
/// lines without a catalog object, orders without a version, counts in several states, fractions and debts in stock, tombstones.
public struct SquareAccount: Sendable {
    /// What the clock says there; edits happen at this moment.
    public var now: SquareMoment
    /// The first is the main one.
    public var locations: [JSONObject]
    public var catalog: [SquareCatalogObject]
    public var vendors: [JSONObject]
    public var counts: [SquareCount]
    public var orders: [SquareOrder]
    public var payments: [SquarePayment]
    public var refunds: [SquareRefund]

    public var locationIDs: [String] { locations.compactMap { $0.text("id") } }

    /// When anything in the catalog last changed.
    public var catalogChangedAt: SquareMoment { catalog.map(\.updatedAt).max() ?? SquareMoment(milliseconds: 0) }

    /// Makes an account.
    public init(seed: UInt64 = 1, _ volumes: SquareVolumes = .small) {
        var maker = SquareAccountMaker(seed: seed, volumes: volumes)
        self = maker.make()
    }

    init(now: SquareMoment) {
        self.now = now
        (locations, catalog, vendors, counts, orders, payments, refunds) = ([], [], [], [], [], [], [])
    }
}

extension JSONObject {
    /// The text of a member; nil when it is absent or no text.
    public func text(_ name: String) -> String? {
        guard case .string(let text)? = self[name] else { return nil }
        return text
    }
}
