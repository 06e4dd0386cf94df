import HTTPServer
import JSONText
import SampleData

/// The cursors of the stand-in. Like Square's they are opaque, good for one question only, and point at a place in a list that goes on living:
/// what is changed between two pages moves within the list, so an object can come twice, and one can be passed over.
struct SquarePaging: Sendable {
    private struct Place {
        let key: String
        let offset: Int
        /// When the listing began, for limits that default to now.
        let began: SquareMoment
    }

    /// No page holds more, whatever is asked for: pages may be smaller than their limit.
    var pageSizeMax = Int.max
    private var places: [String: Place] = [:]
    private var issued = 0
    /// Which rows answer a question; an edit forgets it.
    private var known: [String: [Int]] = [:]

    /// Every cursor handed out so far is refused from now on.
    mutating func expireCursors() { places = [:] }
    mutating func forgetRows() { known = [:] }

    /// Writes one page of a listing.
    /// - Parameters:
    ///   - rows: Indexes of all that answers the question, in order; asked with the moment at which the listing began.
    mutating func page(
        _ member: String, _ ask: SquareAsk, limit: Int, now: SquareMoment, more: (inout JSONWriter) -> Void = { _ in },
        rows: (SquareMoment) throws(SquareProblem) -> [Int], write: (Int, inout JSONWriter) -> Void
    ) throws(SquareProblem) -> ServerResponse {
        var place = Place(key: ask.key, offset: 0, began: now)
        if let cursor = ask.cursor {
            guard let known = places[cursor], known.key == ask.key else { throw .invalidCursor }
            place = known
        }
        let all: [Int]
        if let found = known[ask.key] { all = found } else { all = try rows(place.began) }
        known[ask.key] = all
        let end = min(all.count, place.offset + min(limit, pageSizeMax))
        var cursor: String?
        if end < all.count {
            issued += 1
            cursor = "cursor-\(issued)"
            places["cursor-\(issued)"] = Place(key: ask.key, offset: end, began: place.began)
        }
        var json = JSONWriter(reservingCapacity: 1 << 18)
        json.object { json in
            // An empty list is left out.
            if place.offset < end { json.array(member) { for row in place.offset..<end { write(all[row], &$0) } } }
            if let cursor { json.member("cursor", cursor) }
            more(&json)
        }
        return ServerResponse(headers: ServerHeaders([("Content-Type", "application/json")]), body: .bytes(json.bytes))
    }
}
