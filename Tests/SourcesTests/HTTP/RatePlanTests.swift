import Testing

@testable import Sources

@Suite struct `What a read asks of an API` {
    @Test(arguments: [
        (42, 60, "this sync needs about 42 requests, 1 minute"), (1, 60, "this sync needs about 1 request, 1 minute"),
        (121, 60, "this sync needs about 121 requests, 3 minutes"),
    ])
    func `is told before it is asked`(requests: Int, perMinute: Int, sentence: String) {
        #expect(RatePlan(requests: requests, perMinute: perMinute).description == sentence)
    }

    @Test(arguments: ["", "abc\r\n", "abc def", "tökén", "a\u{0}b"])
    func `is not asked with a token that has been pasted wrongly, and the error does not show it`(text: String) {
        let error = #expect(throws: SourceError.self) { try FixedToken(text, setting: "SQUARE_TOKEN", place: "Square") }
        #expect(error?.description.contains("SQUARE_TOKEN") == true)
        if !text.isEmpty { #expect(error?.description.contains(text) == false) }
    }
}
