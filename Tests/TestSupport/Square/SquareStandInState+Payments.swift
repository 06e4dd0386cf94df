import HTTPServer
import JSONText
import SampleData

/// The payments' and refunds' endpoints (https://developer.squareup.com/reference/square/payments-api/list-payments).
extension SquareStandInState {
    /// Without `begin_time` the last year only, without `location_id` the main location only.
    mutating func payments(_ ask: SquareAsk) throws(SquareProblem) -> ServerResponse {
        let window = try MoneyWindow(ask)
        let payments = account.payments
        guard let place = ask.text("location_id") ?? account.locationIDs.first else { throw .notFound }
        guard account.locationIDs.contains(place) else { throw .badRequest("Unknown location_id.", field: "location_id") }
        return try paging.page(
            "payments", ask, limit: window.limit, now: account.now,
            rows: { window.rows(payments.map { MoneyMove(location: $0.locationID, created: $0.createdAt, updated: $0.updatedAt) }, at: place, now: $0) },
            write: { $1.value(payments[$0]) })
    }

    /// Without `begin_time` the last year only; without `location_id` all locations.
    mutating func refunds(_ ask: SquareAsk) throws(SquareProblem) -> ServerResponse {
        let window = try MoneyWindow(ask)
        let refunds = account.refunds
        let place = ask.text("location_id")
        return try paging.page(
            "refunds", ask, limit: window.limit, now: account.now,
            rows: { window.rows(refunds.map { MoneyMove(location: $0.locationID, created: $0.createdAt, updated: $0.updatedAt) }, at: place, now: $0) },
            write: { $1.value(refunds[$0]) })
    }
}

private struct MoneyMove {
    let location: String
    let created: SquareMoment
    let updated: SquareMoment
}

/// The range of time that a listing of payments or refunds asks for. Begins belong to it; ends, of which nothing is promised, do not.
private struct MoneyWindow {
    let limit: Int
    private let begin: SquareMoment?, end: SquareMoment?
    private let updatedBegin: SquareMoment?, updatedEnd: SquareMoment?
    private let sortsByUpdate: Bool, isDescending: Bool

    init(_ ask: SquareAsk) throws(SquareProblem) {
        try ask.only(
            "begin_time", "end_time", "updated_at_begin_time", "updated_at_end_time", "location_id", "sort_field", "sort_order", "limit")
        (begin, end) = (try ask.moment("begin_time"), try ask.moment("end_time"))
        (updatedBegin, updatedEnd) = (try ask.moment("updated_at_begin_time"), try ask.moment("updated_at_end_time"))
        let sort = ask.text("sort_field") ?? "CREATED_AT"
        guard ["CREATED_AT", "UPDATED_AT"].contains(sort) else { throw .badRequest("Unknown sort_field.", field: "sort_field") }
        sortsByUpdate = sort == "UPDATED_AT"
        isDescending = ask.text("sort_order") != "ASC"
        let wanted = ask.number("limit") ?? 100
        limit = (1...100).contains(wanted) ? wanted : 100  // More is passed over.
    }

    func rows(_ moves: [MoneyMove], at place: String?, now: SquareMoment) -> [Int] {
        let begin = begin ?? now.adding(hours: -365 * 24), end = end ?? now.adding(milliseconds: 1)
        let rows = moves.indices.filter { index in
            let move = moves[index]
            return place.map { $0 == move.location } ?? true && move.created >= begin && move.created < end
                && move.updated >= updatedBegin ?? move.updated && updatedEnd.map { move.updated < $0 } ?? true
        }
        func order(_ index: Int) -> (SquareMoment, Int) { (sortsByUpdate ? moves[index].updated : moves[index].created, index) }
        return isDescending ? rows.sorted { order($1) < order($0) } : rows.sorted { order($0) < order($1) }
    }
}
