import Foundation
import SampleData
import Sources
import TestSupport
import Testing

@Suite struct `A Google sheet in trouble` {
    @Test func `a quota refusal waits as long as Google asks, never less`() async throws {
        try await withSheetsStandIn(buyersGrid()) { google in
            google.fail(.status(429, retryAfterSeconds: 17), .status(429, retryAfterSeconds: 40))
            let clock = SkippingClock()
            _ = try await source(reading: google, tab: "買主リスト", clock: clock).open()
            #expect(clock.waits.count == 2)
            #expect(clock.waits[0] >= .seconds(17) && clock.waits[0] <= .seconds(18))
            #expect(clock.waits[1] >= .seconds(40) && clock.waits[1] <= .seconds(41))
        }
    }

    @Test func `a quota refusal without a time is waited out for more than a minute in all`() async throws {
        try await withSheetsStandIn(buyersGrid()) { google in
            google.failAlways(.status(429))
            let clock = SkippingClock()
            let error = try await failure(try source(reading: google, tab: "買主リスト", clock: clock))
            #expect(error.kind == .unreachable)
            #expect(error.description.contains("answered 429; given up after 9 tries"))
            #expect(clock.waits.count == 8)
        }
    }

    @Test func `a wait that nobody would sit out is told at once`() async throws {
        try await withSheetsStandIn(buyersGrid()) { google in
            google.fail(.status(503, retryAfterSeconds: 7200))
            let clock = SkippingClock()
            let error = try await failure(try source(reading: google, tab: "買主リスト", clock: clock))
            #expect(error.description.contains("asked to wait 7200 seconds; given up after 1 try"))
            #expect(clock.waits.isEmpty)
        }
    }

    @Test(arguments: [500, 502, 503, 504])
    func `a storm of server errors is ridden out, and given up in the end`(status: Int) async throws {
        try await withSheetsStandIn(buyersGrid()) { google in
            google.fail(.status(status), .status(status), .status(status))
            _ = try await source(reading: google, tab: "買主リスト").open()
            google.failAlways(.status(status))
            #expect(try await failure(try source(reading: google, tab: "買主リスト")).kind == .unreachable)
            #expect(google.log.filter { $0.hasPrefix("GET") }.count == 4 + 6)
        }
    }

    @Test func `an answer cut anywhere is asked for again and never taken for a short sheet`() async throws {
        try await withSheetsStandIn(SheetGrid(tab: "t", rows: [[.text("a"), .text("b")], [.number(1), .text("x")], [.text("\"")]])) { google in
            let whole = try source(reading: google, tab: "t")
            _ = try await whole.open()
            let expected = try await readAll(whole).rows
            for count in 0..<120 {
                google.fail(count % 2 == 0 ? .cut(afterBytes: count) : .shortened(toBytes: count))
                let clock = SkippingClock()
                let cut = try source(reading: google, tab: "t", clock: clock)
                _ = try await cut.open()
                #expect(try await readAll(cut).rows == expected, "cut after \(count) bytes")
            }
        }
    }

    @Test func `a shortened answer is noticed at every length but the whole`() async throws {
        try await withSheetsStandIn(SheetGrid(tab: "t", rows: [[.text("a")], [.number(1)]])) { google in
            let whole = #"{"range":"'t'!A1:Z1000","majorDimension":"ROWS","values":[["a"],[1]]}"#
            for count in 0..<whole.utf8.count {
                google.fail(.shortened(toBytes: count))
                let clock = SkippingClock()
                _ = try await source(reading: google, tab: "t", clock: clock).open()
                #expect(clock.waits.count == 1, "shortened to \(count) bytes")
            }
        }
    }

    @Test func `an answer that stops coming is given up in time and asked for again`() async throws {
        try await withSheetsStandIn(buyersGrid()) { google in
            google.fail(.stall(afterBytes: 20))
            let source = try source(reading: google, tab: "買主リスト") { $0.requestSecondsMax = 1 }
            #expect(try await source.open().count == 4)
        }
    }

    @Test func `a slow answer is waited for`() async throws {
        try await withSheetsStandIn(buyersGrid()) { google in
            google.fail(.slow(bytesPerSecond: 1000))
            let header = try await source(reading: google, tab: "買主リスト").open()
            #expect(header.count == 4)
        }
    }

    @Test func `cancelling ends a read that stands still`() async throws {
        try await withSheetsStandIn(buyersGrid()) { google in
            google.failAlways(.stall(afterBytes: 20))
            let source = try source(reading: google, tab: "買主リスト")
            let task = Task { try await source.open() }
            try await eventually("the read is on its way") { google.log.contains { $0.hasPrefix("GET") } }
            task.cancel()
            await #expect(throws: CancellationError.self) { _ = try await task.value }
        }
    }

    @Test func `a redirect to another host is refused, and the token does not go there`() async throws {
        try await withSheetsStandIn(buyersGrid()) { google in
            try await withSheetsStandIn(buyersGrid()) { other in
                google.failAlways(.redirect(to: other.url + "/v4/spreadsheets/stand-in-1BuYeRs/values/x"))
                let error = try await failure(try source(reading: google, tab: "買主リスト"))
                #expect(error.kind == .unreachable && error.description.contains("REDIRECT_REFUSED"))
                #expect(other.log.isEmpty)
                #expect(google.log.filter { $0.hasPrefix("GET") }.count == 1)
            }
        }
    }

    @Test func `an answer larger than allowed is refused, not held in memory`() async throws {
        try await withSheetsStandIn(buyersGrid()) { google in
            let error = try await failure(try source(reading: google, tab: "買主リスト") { $0.bodyBytesMax = 100 })
            #expect(error.kind == .unusable && error.description.contains("larger than 100 bytes"))
            #expect(google.log.filter { $0.hasPrefix("GET") }.count == 1)
        }
    }

    @Test func `nothing is asked twice that a person must correct`() async throws {
        try await withSheetsStandIn(buyersGrid(), SheetGrid(tab: "物件", header: ["a"], rows: [])) { google in
            let email = google.clientEmail
            google.share(false)
            let unshared = try await failure(try source(reading: google, tab: "買主リスト"))
            #expect(unshared.kind == .refused && unshared.description.contains("share the spreadsheet with \(email)"))
            google.share(true)

            google.fail(.serviceDisabled)
            let disabled = try await failure(try source(reading: google, tab: "買主リスト"))
            #expect(disabled.kind == .refused && disabled.description.contains("API is not enabled"))

            let unknown = try await failure(try source(reading: google, tab: "買主リスト", spreadsheet: "1zzz"))
            #expect(unknown.kind == .unusable && unknown.description.contains("no such spreadsheet"))

            google.fail(.htmlNotFound)
            let page = try await failure(try source(reading: google, tab: "買主リスト"))
            #expect(page.kind == .unusable && page.description.contains("not the Sheets API"))
            #expect(google.log.filter { $0.hasPrefix("GET") }.count == 4)
        }
    }

    @Test func `an unknown tab is named with those there are and the nearest`() async throws {
        try await withSheetsStandIn(buyersGrid(), SheetGrid(tab: "物件", header: ["a"], rows: [])) { google in
            let error = try await failure(try source(reading: google, tab: "買主リスト "))
            #expect(error.kind == .unusable)
            #expect(error.description.contains("the spreadsheet has `買主リスト`, `物件`. Did you mean `買主リスト`?"))
        }
    }

    @Test(arguments: ["", "1abc\r\n", "https://docs.google.com/spreadsheets/d/1abc/edit", "1abc def"])
    func `a spreadsheet id with anything around it is refused before anybody is asked`(id: String) async throws {
        try await withSheetsStandIn(buyersGrid()) { google in
            let error = #expect(throws: SourceError.self) { try source(reading: google, tab: "買主リスト", spreadsheet: id) }
            #expect(error?.kind == .unusable)
            #expect(google.log.isEmpty)
        }
    }

    @Test func `more requests than the quota wait for the minute to pass`() async throws {
        try await withSheetsStandIn(buyersGrid()) { google in
            let clock = SkippingClock()
            let source = try source(reading: google, tab: "買主リスト", clock: clock) { $0.requestsPerMinute = 3 }
            for _ in 1...3 { _ = try await source.open() }
            #expect(clock.waits.isEmpty)
            clock.advance(by: .seconds(20))
            _ = try await source.open()
            #expect(clock.waits == [.seconds(40)])
        }
    }

    @Test func `the stand-in holds its quota as Google does`() async throws {
        try await withSheetsStandIn(buyersGrid(), readsPerMinute: 2) { google in
            let clock = SkippingClock()
            let source = try source(reading: google, tab: "買主リスト", clock: clock)
            for _ in 1...2 { _ = try await source.open() }
            #expect(try await failure(source).description.contains("429"))
        }
    }

    @Test func `no error shows a token, a key or a value`() async throws {
        let secret = "秘密の値"
        try await withSheetsStandIn(SheetGrid(tab: "t", rows: [[.text("a")], [.text(secret)]])) { google in
            let faults: [SheetsFault] = [
                .status(500), .status(429), .htmlNotFound, .serviceDisabled, .shortened(toBytes: 60), .redirect(to: "https://example.org/?x=1"),
            ]
            for fault in faults {
                google.failAlways(fault)
                let text = try await failure(try source(reading: google, tab: "t")).description
                #expect(!text.contains("ya29") && !text.contains("PRIVATE") && !text.contains(secret) && !text.contains("Bearer"), "\(fault)")
            }
        }
    }
}
