import HTTPServer
import JSONText
import SampleData

/// The catalog's endpoints (https://developer.squareup.com/reference/square/catalog-api) and the inventory's.
extension SquareStandInState {
    /// Never tells deleted objects; without `types` variations are told inside their items only.
    mutating func catalogList(_ ask: SquareAsk) throws(SquareProblem) -> ServerResponse {
        try ask.only("types")
        let kinds = ask.texts("types").isEmpty ? ["CATEGORY", "ITEM"] : ask.texts("types")
        let catalog = account.catalog
        return try catalogPage(ask, limit: 100) { _ in catalog.indices.filter { !catalog[$0].isDeleted && kinds.contains(catalog[$0].kind.rawValue) } }
    }

    /// `begin_time` is exclusive; a `limit` out of range is passed over.
    mutating func catalogSearch(_ ask: SquareAsk) throws(SquareProblem) -> ServerResponse {
        try ask.only("object_types", "begin_time", "include_deleted_objects", "limit")
        let kinds = ask.texts("object_types"), deleted = ask.isTrue("include_deleted_objects")
        let begin = try ask.moment("begin_time")
        let wanted = ask.number("limit") ?? 1000
        let (catalog, latest) = (account.catalog, account.catalogChangedAt.text)
        return try catalogPage(ask, limit: (1...1000).contains(wanted) ? wanted : 1000, more: { $0.member("latest_time", latest) }) { _ in
            catalog.indices.filter { index in
                let object = catalog[index]
                return (kinds.isEmpty || kinds.contains(object.kind.rawValue)) && (deleted || !object.isDeleted) && begin.map { object.updatedAt > $0 } ?? true
            }
        }
    }

    /// Ids that do not exist are passed over.
    mutating func catalogObjects(_ ask: SquareAsk) throws(SquareProblem) -> ServerResponse {
        try ask.only("object_ids", "include_deleted_objects")
        let ids = ask.texts("object_ids"), deleted = ask.isTrue("include_deleted_objects")
        guard (1...1000).contains(ids.count) else { throw .badRequest("Expected 1 to 1000 object_ids.", field: "object_ids") }
        let catalog = account.catalog
        return try catalogPage(ask, limit: .max) { _ in catalog.indices.filter { ids.contains(catalog[$0].id) && (deleted || !catalog[$0].isDeleted) } }
    }

    private mutating func catalogPage(
        _ ask: SquareAsk, limit: Int, more: (inout JSONWriter) -> Void = { _ in }, rows: (SquareMoment) throws(SquareProblem) -> [Int]
    ) throws(SquareProblem) -> ServerResponse {
        let catalog = account.catalog
        let nested = Dictionary(grouping: catalog.filter { !$0.isDeleted && $0.kind == .variation }) { $0.itemID ?? "" }
        return try paging.page("objects", ask, limit: limit, now: account.now, more: more, rows: rows) { index, json in
            catalog[index].write(to: &json, variations: catalog[index].kind == .item ? nested[catalog[index].id] ?? [] : [])
        }
    }

    /// Newest first; `updated_after` is exclusive; some states are passed over
    /// (https://developer.squareup.com/reference/square/inventory-api/batch-retrieve-inventory-counts).
    mutating func inventoryCounts(_ ask: SquareAsk) throws(SquareProblem) -> ServerResponse {
        try ask.only("catalog_object_ids", "location_ids", "updated_after", "states", "limit")
        let objects = Set(ask.texts("catalog_object_ids")), places = Set(ask.texts("location_ids"))
        let states = Set(ask.texts("states")).subtracting(["NONE", "SOLD", "UNLINKED_RETURN"])
        let after = try ask.moment("updated_after")
        let wanted = ask.number("limit") ?? 1000
        let counts = account.counts
        return try paging.page(
            "counts", ask, limit: (1...1000).contains(wanted) ? wanted : 1000, now: account.now,
            rows: { _ in
                counts.indices.filter { index in
                    let count = counts[index]
                    return (objects.isEmpty || objects.contains(count.catalogObjectID)) && (places.isEmpty || places.contains(count.locationID))
                        && (states.isEmpty || states.contains(count.state)) && after.map { count.calculatedAt > $0 } ?? true
                }.sorted { (counts[$1].calculatedAt, $0) < (counts[$0].calculatedAt, $1) }
            }, write: { $1.value(counts[$0]) })
    }
}
