import HTTPServer
import JSONText
import SampleData

/// The orders' endpoints (https://developer.squareup.com/reference/square/orders-api).
extension SquareStandInState {
    mutating func ordersSearch(_ ask: SquareAsk) throws(SquareProblem) -> ServerResponse {
        try ask.only("location_ids", "query", "limit", "return_entries")
        let places = ask.texts("location_ids")
        guard !places.isEmpty else {
            throw SquareProblem(code: "MISSING_REQUIRED_PARAMETER", detail: "Must provide at least 1 location_id.", field: "location_ids")
        }
        guard places.count <= 10 else { throw .badRequest("Cannot provide more than 10 location_ids.", field: "location_ids") }
        guard Set(places).isSubset(of: account.locationIDs) else { throw .badRequest("Unknown location_id.", field: "location_ids") }
        let limit = ask.number("limit") ?? 500
        guard (1...1000).contains(limit) else { throw .badRequest("The limit is not between 1 and 1000.", field: "limit") }
        let question = try OrderQuestion(ask.inner("query"), places: Set(places))
        let orders = account.orders
        let writesEntries = ask.isTrue("return_entries")
        return try paging.page(
            writesEntries ? "order_entries" : "orders", ask, limit: limit, now: account.now, rows: { question.rows(orders, now: $0) },
            write: { index, json in
                guard writesEntries else { return json.value(orders[index]) }
                json.object {
                    $0.member("order_id", orders[index].id)
                    $0.member("location_id", orders[index].locationID)
                    if let version = orders[index].version { $0.member("version", version) }
                }
            })
    }

    /// Ids that do not exist are passed over.
    mutating func ordersByID(_ ask: SquareAsk) throws(SquareProblem) -> ServerResponse {
        try ask.only("order_ids", "location_id")
        let ids = ask.texts("order_ids"), orders = account.orders
        guard (1...100).contains(ids.count) else { throw .badRequest("Expected 1 to 100 order_ids.", field: "order_ids") }
        return try paging.page(
            "orders", ask, limit: .max, now: account.now, rows: { _ in orders.indices.filter { ids.contains(orders[$0].id) } }, write: { $1.value(orders[$0]) })
    }
}

/// Filter and order of a search for orders.
private struct OrderQuestion {
    private enum Field: String, CaseIterable {
        case createdAt = "CREATED_AT"
        case updatedAt = "UPDATED_AT"
        case closedAt = "CLOSED_AT"

        func moment(of order: SquareOrder) -> SquareMoment? {
            switch self {
            case .createdAt: order.createdAt
            case .updatedAt: order.updatedAt
            case .closedAt: order.closedAt
            }
        }
    }

    private let places: Set<String>
    private let states: [String]
    private let sort: Field
    private let isDescending: Bool
    private var filter: (field: Field, start: SquareMoment?, end: SquareMoment?)?

    init(_ query: SquareAsk, places: Set<String>) throws(SquareProblem) {
        try query.only("filter", "sort")
        self.places = places
        let sorting = query.inner("sort"), filters = query.inner("filter")
        try sorting.only("sort_field", "sort_order")
        try filters.only("date_time_filter", "state_filter")
        guard let sort = Field(rawValue: sorting.text("sort_field") ?? "CREATED_AT") else { throw .badRequest("Unknown sort_field.", field: "sort_field") }
        self.sort = sort
        isDescending = sorting.text("sort_order") != "ASC"
        states = filters.inner("state_filter").texts("states")
        for field in Field.allCases where filters.inner("date_time_filter").has(field.rawValue.lowercased()) {
            // A filter by one time and an order by another is an error.
            guard field == sort else { throw .badRequest("The sort_field must match the date_time_filter.", field: "sort_field") }
            let range = filters.inner("date_time_filter").inner(field.rawValue.lowercased())
            filter = (field, try range.moment("start_at"), try range.moment("end_at"))
        }
    }

    /// Both limits belong to the range; a missing end is the moment at which the listing began.
    func rows(_ orders: [SquareOrder], now: SquareMoment) -> [Int] {
        let rows = orders.indices.filter { index in
            let order = orders[index]
            guard places.contains(order.locationID), states.isEmpty || states.contains(order.state) else { return false }
            guard let filter else { return sort.moment(of: order) != nil }
            guard let moment = filter.field.moment(of: order) else { return false }
            return moment >= filter.start ?? moment && moment <= filter.end ?? now
        }
        func place(_ index: Int) -> (Int64, String) { (sort.moment(of: orders[index])?.milliseconds ?? 0, orders[index].id) }
        return isDescending ? rows.sorted { place($1) < place($0) } : rows.sorted { place($0) < place($1) }
    }
}
