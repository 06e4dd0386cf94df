import JSONText

/// The questions themselves, with the rules of https://developer.squareup.com/reference/square that make their answers whole.
extension SquareListing {
    /// All at once, closed ones too.
    static let locations = SquareListing(place: "Square locations", path: "/v2/locations", list: "locations", form: .get([]))

    /// Deleted objects are always asked for: they come as tombstones, and a list that nothing leaves has no gaps between its pages.
    /// - Parameter since: `begin_time`, which does not belong to the range.
    static func catalog(_ kinds: [String], since: String?) -> SquareListing {
        var body: JSONObject = ["object_types": .array(kinds.map { .string($0) }), "include_deleted_objects": true, "limit": 1000]
        if let since { body["begin_time"] = .string(since) }
        return SquareListing(place: "Square catalog", path: "/v2/catalog/search", list: "objects", form: .post(body))
    }

    /// - Parameters:
    ///   - after: `updated_after`, which does not belong to the range.
    ///   - locations: none: all.
    ///   - states: none: all that Square counts.
    static func counts(after: String?, locations: [String], states: [String]) -> SquareListing {
        var body: JSONObject = ["limit": 1000]
        if let after { body["updated_after"] = .string(after) }
        if !locations.isEmpty { body["location_ids"] = .array(locations.map { .string($0) }) }
        if !states.isEmpty { body["states"] = .array(states.map { .string($0) }) }
        return SquareListing(place: "Square inventory counts", path: "/v2/inventory/counts/batch-retrieve", list: "counts", form: .post(body))
    }

    /// The search needs a filter, so both states there are.
    static let vendors = SquareListing(
        place: "Square vendors", path: "/v2/vendors/search", list: "vendors", form: .post(["filter": ["status": ["ACTIVE", "INACTIVE"]]]))

    /// How many locations one search for orders takes.
    static let locationsPerSearchMax = 10

    /// - Parameters:
    ///   - locations: at most `locationsPerSearchMax`.
    ///   - end: where a window without end ends.
    static func orders(_ locations: [String], _ window: SquareWindow, end: String) -> SquareListing {
        // The order must be that of the filter; newest first: see `SquareWindow.to`.
        let range: JSONValue = ["start_at": .string(window.from ?? SquareWindow.beginning), "end_at": .string(window.to ?? end)]
        return SquareListing(
            place: "Square orders", path: "/v2/orders/search", list: "orders",
            form: .post([
                "location_ids": .array(locations.map { .string($0) }), "limit": 500,
                "query": [
                    "filter": ["date_time_filter": .object([window.field.name: range])],
                    "sort": ["sort_field": .string(window.field.sortField), "sort_order": "DESC"],
                ],
            ]))
    }

    /// One location's: without one it would be the main one's only.
    static func payments(_ location: String, _ window: SquareWindow, end: String) -> SquareListing {
        SquareListing(
            place: "Square payments", path: "/v2/payments", list: "payments", form: .get(moneyQuery(window, end: end) + [("location_id", location)]))
    }

    /// Of all locations.
    static func refunds(_ window: SquareWindow, end: String) -> SquareListing {
        SquareListing(place: "Square refunds", path: "/v2/refunds", list: "refunds", form: .get(moneyQuery(window, end: end)))
    }

    /// Objects by their ids, tombstones among them; ids that do not exist are passed over.
    /// - Parameter ids: at most `objectsPerRetrievalMax`.
    static func catalogObjects(_ ids: [String]) -> SquareListing {
        SquareListing(
            place: "Square catalog", path: "/v2/catalog/batch-retrieve", list: "objects",
            form: .post(["object_ids": .array(ids.map { .string($0) }), "include_deleted_objects": true]))
    }

    static let objectsPerRetrievalMax = 1000

    /// Orders by their ids, of any location; ids that do not exist are passed over.
    /// - Parameter ids: at most `ordersPerRetrievalMax`.
    static func orders(ids: [String]) -> SquareListing {
        SquareListing(
            place: "Square orders", path: "/v2/orders/batch-retrieve", list: "orders", form: .post(["order_ids": .array(ids.map { .string($0) })]))
    }

    static let ordersPerRetrievalMax = 100

    /// The time of creation always has both ends: without them it is the last year.
    private static func moneyQuery(_ window: SquareWindow, end: String) -> [(name: String, value: String)] {
        var query = [(name: "sort_field", value: window.field.sortField), (name: "sort_order", value: "DESC"), (name: "limit", value: "100")]
        switch window.field {
        case .created: query += [("begin_time", window.from ?? SquareWindow.beginning), ("end_time", window.to ?? end)]
        case .updated:
            query += [("begin_time", SquareWindow.beginning), ("end_time", end)]
            if let from = window.from { query.append(("updated_at_begin_time", from)) }
            if let to = window.to { query.append(("updated_at_end_time", to)) }
        }
        return query
    }
}
