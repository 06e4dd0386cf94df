import JSONText
import SampleData
import Sources
import TestSupport
import Testing

/// A client of `square`, without proxies, on a clock that does not wait.
func client(
    reading square: SquareStandIn, clock: SkippingClock = SkippingClock(), change: (inout SquareAccess) -> Void = { _ in }
) throws -> SquareClient {
    var access = SquareAccess(token: square.token, tokenSetting: "SQUARE_ACCESS_TOKEN", endpoint: square.url, userAgent: "rollcall/test")
    access.proxy = ""
    access.clock = clock.clock
    access.requestsPerMinute = 100_000
    change(&access)
    return try SquareClient(access)
}

/// The listings that the client has, by what they tell.
enum SquareList: String, CaseIterable, Sendable {
    case locations, catalog, counts, vendors, orders, payments, refunds

    static let everything = SquareWindow(.created)

    /// What a client told, and what it says of that.
    struct Told {
        var names: [String] = []
        var certificate = SquareCertificate()
    }

    /// Reads the listing, page by page.
    func read(_ client: SquareClient, of account: SquareAccount, in window: SquareWindow = everything) async throws -> Told {
        var told = Told()
        let take: SquareClient.Taker = { objects in
            told.names += objects.map(name)
            return true
        }
        let places = account.locationIDs
        told.certificate =
            switch self {
            case .locations: try await client.locations(take)
            case .catalog: try await client.catalog(["CATEGORY", "ITEM", "ITEM_VARIATION"], take)
            case .counts: try await client.counts(take)
            case .vendors: try await client.vendors(take)
            case .orders: try await client.orders(of: places, in: window, take)
            case .payments: try await client.payments(of: places, in: window, take)
            case .refunds: try await client.refunds(in: window, take)
            }
        return told
    }

    /// What the account has, sorted.
    func expected(_ account: SquareAccount) -> [String] {
        switch self {
        case .locations: account.locationIDs.sorted()
        case .catalog: account.catalog.map(\.id).sorted()
        case .counts: account.counts.map { "\($0.catalogObjectID) \($0.locationID) \($0.state)" }.sorted()
        case .vendors: account.vendors.compactMap { $0.text("id") }.sorted()
        case .orders: account.orders.map(\.id).sorted()
        case .payments: account.payments.map(\.id).sorted()
        case .refunds: account.refunds.map(\.id).sorted()
        }
    }

    private func name(_ object: JSONObject) -> String {
        guard self == .counts else { return object.text("id") ?? "" }
        return ["catalog_object_id", "location_id", "state"].map { object.text($0) ?? "" }.joined(separator: " ")
    }
}

/// What a listing throws, which must be a `SourceError`.
func failure(
    _ list: SquareList, _ client: SquareClient, of account: SquareAccount, sourceLocation: SourceLocation = #_sourceLocation
) async throws -> SourceError {
    let error = await #expect(throws: SourceError.self, sourceLocation: sourceLocation) { _ = try await list.read(client, of: account) }
    return try #require(error, sourceLocation: sourceLocation)
}
