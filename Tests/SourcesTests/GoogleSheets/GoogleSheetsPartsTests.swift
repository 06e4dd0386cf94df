import HTTPClient
import JSONText
import TestSupport
import Testing

@testable import Sources

@Suite struct `Parts of reading a Google sheet` {
    @Test("Pauses grow to the ceiling with full jitter, and obey Retry-After", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func pauses(seed: UInt64) {
        var random = SeededGenerator(seed)
        let tries = Int.random(in: 1...12, using: &random), chance = Double.random(in: 0..<1, using: &random)
        for cause in [RetryPause.Cause.quota, .trouble] {
            let pause = RetryPause.before(nextAfter: tries, cause, retryAfterSeconds: nil, random: chance)
            #expect((pause == nil) == (tries >= RetryPause.triesMax(cause)))
            let ceiling = min(64.0, [1, 2, 4, 8, 16, 32, 64][min(tries - 1, 6)])
            if let pause { #expect(pause >= .zero && pause <= .milliseconds(Int(ceiling * 1000 * chance) + 1)) }
            let asked = Int.random(in: 0...400, using: &random)
            let obeyed = RetryPause.before(nextAfter: tries, cause, retryAfterSeconds: asked, random: chance)
            if let obeyed { #expect(obeyed >= .seconds(asked) && obeyed < .seconds(asked + 1)) }
            #expect((obeyed == nil) == (tries >= RetryPause.triesMax(cause) || asked > 300))
        }
    }

    @Test func `all pauses of a used up quota together are longer than a minute on average`() {
        let sum = (1..<RetryPause.triesMax(.quota)).compactMap { RetryPause.before(nextAfter: $0, .quota, retryAfterSeconds: nil, random: 0.5) }.reduce(
            .zero, +)
        #expect(sum >= .seconds(60))
    }

    @Test(arguments: [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199),
        ("Tue, 19 Jan 2038 03:14:08 GMT", 2_147_483_648),
    ])
    func `dates of HTTP headers are seconds since 1970`(text: String, seconds: Int) {
        #expect(unixSeconds(ofHTTPDate: text) == seconds)
    }

    @Test(arguments: ["", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT"])
    func `other dates are none`(text: String) {
        #expect(unixSeconds(ofHTTPDate: text) == nil)
    }

    @Test("Column ranges cover every column asked for and stay within their number", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func spans(seed: UInt64) {
        var random = SeededGenerator(seed)
        let columns = Set((0..<Int.random(in: 1...80, using: &random)).map { _ in Int.random(in: 0...200, using: &random) })
        let most = Int.random(in: 1...30, using: &random)
        let spans = SheetRange.spans(columns, spansMax: most)
        #expect(spans.count <= most)
        #expect(columns.allSatisfy { column in spans.contains { $0.contains(column) } })
        #expect(zip(spans, spans.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
        if spans.count < most { #expect(Set(spans.joined()) == columns) }
    }

    @Test func `tab names are quoted and every byte that means something is escaped`() {
        #expect(SheetRange.tab("Jon's data") == "'Jon''s data'")
        #expect(SheetRange.columns(0...26, tab: "買主") == "'買主'!A:AA")
        #expect(percentEncoded("'買'!A:B/?") == "%27%E8%B2%B7%27%21A%3AB%2F%3F")
    }

    @Test("What the scan takes for JSON is what the parser takes for JSON", .tags(.property), arguments: 1...300 as ClosedRange<UInt64>)
    func scanAgreesWithParser(seed: UInt64) {
        var random = SeededGenerator(seed)
        var text = Array(#"{"range":"'t'!A1:B2","n":[1.5e-3,-0,true,false,null,{"a":[]}],"values":[["x\n\u00e9\ud83d\ude00",12.50,""],[],[true]]}"#.utf8)
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            let place = Int.random(in: 0..<text.count, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: text.remove(at: place)
            case 1: text[place] = Array(#"{}[]",:\0e.-ut"#.utf8).randomElement(using: &random) ?? 0
            default: text.insert(UInt8.random(in: 0...255, using: &random), at: place)
            }
        }
        let scanned = (try? SheetValues(valuesGet: text)) != nil
        // The scan reads one shape only, and does not look into strings and names that it skips; what it takes must be JSON all the same.
        if scanned, let bad = jsonProblem(text) {
            #expect(["name twice", "unknown escape", "lone surrogate", "four hex"].contains { bad.contains($0) }, "\(bad)")
        }
    }

    private func jsonProblem(_ text: [UInt8]) -> String? {
        do throws(JSONError) {
            _ = try JSONValue(parsing: text)
            return nil
        } catch { return error.problem }
    }
}
