import JSONText
import SampleData
import Testing

@testable import Sources

@Suite struct `A page of Square` {
    private func page(_ text: String) throws(JSONScan.Problem) -> SquarePage { try SquarePage(parsing: Array(text.utf8), list: "orders") }

    @Test func `without its list is empty`() throws {
        #expect(try page("{}").objects.isEmpty)
        #expect(try page(#"{"cursor":"","errors":[]}"#).cursor == nil)
    }

    @Test func `keeps every digit`() throws {
        let page = try page(#"{"orders":[{"version":9007199254740993,"amount":-9223372036854775808}],"cursor":"c"}"#)
        #expect(page.objects.first?["version"] == .number("9007199254740993"))
        #expect(page.objects.first?["amount"] == .number("-9223372036854775808"))
        #expect(page.cursor == "c")
    }

    @Test(arguments: [#"[]"#, #"{"orders":{}}"#, #"{"orders":[1]}"#, #"{"orders":null}"#, #"{"orders":[{"id":"1"}"#, "", #"{"errors":[{"code":"NOT_FOUND"}]}"#])
    func `that is not whole is no page`(text: String) {
        #expect(throws: JSONScan.Problem.self) { try page(text) }
    }

    @Test func `is asked for with the same words as the first, but for the cursor`() throws {
        let listing = SquareListing.payments("L/1", SquareWindow(.updated, from: "2025-01-01T00:00:00+09:00"), end: "2026-01-01T00:00:00Z")
        #expect(
            listing.address(after: nil)
                == "/v2/payments?sort_field=UPDATED_AT&sort_order=DESC&limit=100&begin_time=2009-01-01T00%3A00%3A00Z&end_time=2026-01-01T00%3A00%3A00Z"
                + "&updated_at_begin_time=2025-01-01T00%3A00%3A00%2B09%3A00&location_id=L%2F1")
        #expect(listing.address(after: "a&b") == listing.address(after: nil) + "&cursor=a%26b")
        let search = SquareListing.counts(after: nil, locations: [], states: [])
        #expect(search.body(after: nil).map { String(decoding: $0, as: UTF8.self) } == #"{"limit":1000}"#)
        #expect(search.body(after: "c").map { String(decoding: $0, as: UTF8.self) } == #"{"limit":1000,"cursor":"c"}"#)
    }

    @Test func `of time is written in UTC`() {
        #expect(timestampText(unixSeconds: 1_709_210_096) == "2024-02-29T12:34:56Z")
        #expect(timestampText(unixSeconds: 0) == "1970-01-01T00:00:00Z")
    }
}
