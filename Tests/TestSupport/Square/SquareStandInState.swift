import HTTPServer
import JSONText
import SampleData

/// What a Square stand-in knows and decides; the lock around it is `SquareStandIn`'s.
struct SquareStandInState: Sendable {
    var account: SquareAccount
    let token: String
    var paging = SquarePaging()
    var faults: [SquareFault] = []
    /// By the count of the request, from 1.
    var faultsAt: [Int: SquareFault] = [:]
    var lastingFault: SquareFault?
    var afterRequest: (@Sendable (Int) -> Void)?
    var log: [SquareExchange] = []

    mutating func answer(_ request: ServerRequest) -> ServerResponse {
        log.append(SquareExchange(request))
        var hasCursor = false
        var sound: ServerResponse
        do throws(SquareProblem) {
            guard request.headers["Authorization"] == "Bearer \(token)" else { throw .unauthorized("UNAUTHORIZED") }
            let ask = try SquareAsk(request)
            hasCursor = ask.cursor != nil
            sound = try route(request.method, ask)
        } catch {
            sound = error.answer
        }
        if let version = request.headers["Square-Version"] { sound.headers.append("Square-Version", version) }
        let fault = faultsAt.removeValue(forKey: log.count) ?? (faults.isEmpty ? lastingFault : faults.removeFirst())
        return fault?.answer(insteadOf: sound, hasCursor: hasCursor) ?? sound
    }

    private mutating func route(_ method: String, _ ask: SquareAsk) throws(SquareProblem) -> ServerResponse {
        switch "\(method) \(ask.path)" {
        case "GET /v2/locations": return try locations(ask)
        case "GET /v2/catalog/list": return try catalogList(ask)
        case "POST /v2/catalog/search": return try catalogSearch(ask)
        case "POST /v2/catalog/batch-retrieve": return try catalogObjects(ask)
        case "POST /v2/inventory/counts/batch-retrieve", "POST /v2/inventory/batch-retrieve-counts": return try inventoryCounts(ask)
        case "POST /v2/vendors/search": return try vendors(ask)
        case "POST /v2/orders/search": return try ordersSearch(ask)
        case "POST /v2/orders/batch-retrieve": return try ordersByID(ask)
        case "GET /v2/payments": return try payments(ask)
        case "GET /v2/refunds": return try refunds(ask)
        default: throw .notFound
        }
    }

    // MARK: Lists without rules of their own

    /// https://developer.squareup.com/reference/square/locations-api/list-locations: all at once.
    private mutating func locations(_ ask: SquareAsk) throws(SquareProblem) -> ServerResponse {
        try ask.only()
        let locations = account.locations
        return try paging.page("locations", ask, limit: .max, now: account.now, rows: { _ in Array(locations.indices) }, write: { $1.value(locations[$0]) })
    }

    /// https://developer.squareup.com/reference/square/vendors-api/search-vendors: only with a filter.
    private mutating func vendors(_ ask: SquareAsk) throws(SquareProblem) -> ServerResponse {
        try ask.only("filter", "sort")
        let statuses = ask.inner("filter").texts("status")
        guard !statuses.isEmpty else { throw .badRequest("A filter is required.", field: "filter") }
        let vendors = account.vendors
        return try paging.page(
            "vendors", ask, limit: 100, now: account.now, rows: { _ in vendors.indices.filter { statuses.contains(vendors[$0].text("status") ?? "") } },
            write: { $1.value(vendors[$0]) })
    }
}

/// A request as it arrived.
public struct SquareExchange: Sendable, Equatable {
    public let method: String
    public let path: String
    public let query: String
    public let body: String
    /// What `Square-Version` said.
    public let version: String?

    init(_ request: ServerRequest) {
        (method, path, query) = (request.method, request.path, request.rawQuery)
        body = String(decoding: request.body, as: UTF8.self)
        version = request.headers["Square-Version"]
    }
}
