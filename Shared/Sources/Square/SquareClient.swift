import HTTPClient
import JSONText

/// Reads a seller's account at Square. It knows what to ask so that nothing is missing; what the objects mean is for others.
///
/// Every listing calls `take` with the objects of a page, in Square's order, and ends early when `take` gives false. An object may be told
/// twice, within a listing that lives while it is read and after a restart. Errors are `SourceError`s.
public struct SquareClient: Sendable {
    /// The objects of one page; gives whether more are wanted.
    public typealias Taker = ([JSONObject]) async throws -> Bool

    /// Which answers these types were written for (https://developer.squareup.com/docs/changelog/connect); without it the account's default applies,
    /// which a person can change.
    static let version = "2025-08-20"

    private let pages: SquarePages
    private let quota: RequestQuota
    private let clock: SourceClock
    /// For `RatePlan`.
    public let requestsPerMinute: Int

    /// Asks nobody. Throws when endpoint or token cannot be right.
    public init(_ access: SquareAccess) throws(SourceError) {
        let place = "Square"
        let base = String((access.endpoint ?? "https://connect.squareup.com").reversed().drop { $0 == "/" }.reversed())
        guard let origin = WebOrigin(base), origin.scheme == "https" || origin.isLoopback else {
            throw SourceError(.unusable, place: place, "the endpoint is no https address; expected https://connect.squareup.com or nothing")
        }
        guard access.requestsPerMinute > 0 else {
            throw SourceError(.unusable, place: place, "the rate is \(access.requestsPerMinute) requests a minute; expected 1 or more")
        }
        let token = try FixedToken(access.token, setting: access.tokenSetting, place: place)
        var settings = HTTPSessionSettings(userAgent: access.userAgent)
        settings.proxy = access.proxy
        let session: HTTPSession
        do { session = try HTTPSession(settings) } catch { throw SourceError(.unreachable, place: place, "\(error)") }
        clock = access.clock
        requestsPerMinute = access.requestsPerMinute
        quota = RequestQuota(perMinute: access.requestsPerMinute, clock: access.clock)
        pages = SquarePages(
            requests: SourceRequests(
                session: session, credential: token, quota: quota, clock: access.clock,
                api: SourceRequests.API(
                    name: "Square", endpoint: base, headers: [HTTPHeader("Square-Version", Self.version)],
                    tooLarge: "no page of Square is that large; is the endpoint Square's?",
                    meaning: SquareAnswers(endpoint: base, tokenSetting: access.tokenSetting).meaning),
                bounds: SourceRequests.Bounds(secondsMax: access.requestSecondsMax, bodyBytesMax: access.bodyBytesMax), place: place))
    }

    /// Requests sent so far, repeated ones among them.
    public var requestsSent: Int { get async { await quota.taken } }

    /// All locations, closed ones too: their orders and payments are still there.
    public func locations(_ take: Taker) async throws -> SquareCertificate { try await pages.each(of: .locations, take) }

    /// Catalog objects of these types (`CATEGORY`, `ITEM`, `ITEM_VARIATION`), tombstones among them.
    ///
    /// A change of a variation is none of its item, so who wants both names both.
    /// - Parameter since: the `latestTime` of the listing before; nil: everything.
    public func catalog(_ kinds: [String], since: String? = nil, _ take: Taker) async throws -> SquareCertificate {
        try await pages.each(of: .catalog(kinds, since: since), take)
    }

    /// Inventory counts, one per variation, location and state.
    /// - Parameters:
    ///   - after: a moment that itself does not belong to the range; nil: everything.
    ///   - locations: none: all.
    ///   - states: none: all that Square counts; it passes over `NONE`, `SOLD` and `UNLINKED_RETURN`.
    public func counts(
        after: String? = nil, locations: [String] = [], states: [String] = [], _ take: Taker
    ) async throws -> SquareCertificate {
        try await pages.each(of: .counts(after: after, locations: locations, states: states), take)
    }

    /// All vendors, inactive ones too.
    public func vendors(_ take: Taker) async throws -> SquareCertificate { try await pages.each(of: .vendors, take) }

    /// The orders of these locations, in groups as large as one search may have.
    public func orders(of locations: [String], in window: SquareWindow, _ take: Taker) async throws -> SquareCertificate {
        let end = tomorrow
        return try await all(groups(locations, of: SquareListing.locationsPerSearchMax).map { SquareListing.orders($0, window, end: end) }, take)
    }

    /// The payments of these locations; Square tells them one location at a time.
    public func payments(of locations: [String], in window: SquareWindow, _ take: Taker) async throws -> SquareCertificate {
        let end = tomorrow
        return try await all(locations.map { SquareListing.payments($0, window, end: end) }, take)
    }

    /// The refunds of all locations.
    public func refunds(in window: SquareWindow, _ take: Taker) async throws -> SquareCertificate {
        try await pages.each(of: .refunds(window, end: tomorrow), take)
    }

    /// Catalog objects by their ids, tombstones among them. Ids that do not exist are passed over without a word.
    public func catalogObjects(ids: [String], _ take: Taker) async throws -> SquareCertificate {
        try await all(groups(ids, of: SquareListing.objectsPerRetrievalMax).map(SquareListing.catalogObjects), take)
    }

    /// Orders by their ids. Ids that do not exist are passed over without a word.
    public func orders(ids: [String], _ take: Taker) async throws -> SquareCertificate {
        try await all(groups(ids, of: SquareListing.ordersPerRetrievalMax).map(SquareListing.orders(ids:)), take)
    }

    private func groups(_ ids: [String], of size: Int) -> [[String]] {
        stride(from: 0, to: ids.count, by: size).map { Array(ids[$0..<min($0 + size, ids.count)]) }
    }

    private func all(_ listings: [SquareListing], _ take: Taker) async throws -> SquareCertificate {
        var sum = SquareCertificate()
        sum.isComplete = true
        for listing in listings {
            sum.add(try await pages.each(of: listing, take))
            if !sum.isComplete { break }
        }
        return sum
    }

    /// The moment, in UTC.
    var now: String { timestampText(unixSeconds: clock.unixSeconds()) }

    private var tomorrow: String { timestampText(unixSeconds: clock.unixSeconds() + 86_400) }
}
