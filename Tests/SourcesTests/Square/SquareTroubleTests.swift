import JSONText
import Pipelines
import SampleData
import Sources
import TestSupport
import Testing

@Suite struct `A Square account in trouble` {
    @Test(arguments: SquareList.allCases)
    func `whose answer is cut on any page is asked again, and no object is missing`(list: SquareList) async throws {
        try await withSquareStandIn { square in
            square.limitPages(to: 6)
            let pages = try await list.read(try client(reading: square), of: square.account).certificate.pages
            for page in 1...min(pages, 25) {
                for fault in [SquareFault.cut(afterBytes: 40 * page), .shortened(toBytes: 30 * page)] {
                    let clock = SkippingClock(seed: UInt64(page))
                    square.fail(request: square.log.count + page, fault)
                    let told = try await list.read(try client(reading: square, clock: clock), of: square.account)
                    #expect(told.names.sorted() == list.expected(square.account))
                    #expect(told.certificate.isComplete)
                    #expect(clock.waits.count == 1)
                }
            }
        }
    }

    @Test func `that limits the rate is waited out, as long as it asks`() async throws {
        try await withSquareStandIn { square in
            square.fail(.status(429, retryAfterSeconds: 23), .status(429), .status(429))
            let clock = SkippingClock()
            _ = try await SquareList.locations.read(try client(reading: square, clock: clock), of: square.account)
            #expect(clock.waits.count == 3)
            #expect(clock.waits[0] >= .seconds(23) && clock.waits[0] <= .seconds(24))
            #expect(clock.waits[1] <= .seconds(2) && clock.waits[2] <= .seconds(4))
        }
    }

    @Test(arguments: [409, 429, 500, 503, 504])
    func `that fails and fails is given up, and says how often it was asked`(status: Int) async throws {
        try await withSquareStandIn { square in
            square.fail(.status(status), .status(status), .status(status))
            let told = try await SquareList.vendors.read(try client(reading: square), of: square.account)
            #expect(told.names.sorted() == SquareList.vendors.expected(square.account))
            square.failAlways(.status(status))
            let error = try await failure(.vendors, try client(reading: square), of: square.account)
            #expect(error.kind == .unreachable)
            #expect(error.description == "Square vendors: Square answered \(status); given up after \(status == 429 ? 9 : 6) tries")
        }
    }

    @Test(arguments: ["UNAUTHORIZED", "ACCESS_TOKEN_EXPIRED", "ACCESS_TOKEN_REVOKED"])
    func `that refuses the token in mid-run ends the listing, and says which setting to change`(code: String) async throws {
        try await withSquareStandIn { square in
            square.limitPages(to: 10)
            square.fail(request: 3, .unauthorized(code))
            let error = try await failure(.catalog, try client(reading: square), of: square.account)
            #expect(error.kind == .refused)
            #expect(error.description.contains(code) && error.description.contains("SQUARE_ACCESS_TOKEN"))
            #expect(!error.description.contains(square.token))
            #expect(square.log.count == 3)
        }
    }

    @Test func `that lacks a permission names those it needs`() async throws {
        try await withSquareStandIn { square in
            square.fail(.insufficientScopes)
            let error = try await failure(.orders, try client(reading: square), of: square.account)
            #expect(error.kind == .refused)
            #expect(error.description.contains("INSUFFICIENT_SCOPES") && error.description.contains("ORDERS_READ"))
        }
    }

    @Test(arguments: [SquareList.catalog, .counts, .orders, .payments])
    func `that forgets a cursor is listed again from the beginning`(list: SquareList) async throws {
        try await withSquareStandIn { square in
            square.limitPages(to: 5)
            square.afterEachRequest { count in if count == 2 { square.expireCursors() } }
            let told = try await list.read(try client(reading: square), of: square.account)
            #expect(told.certificate.isComplete)
            #expect(told.certificate.restarts == 1)
            #expect(Set(told.names).sorted() == list.expected(square.account))
            #expect(told.names.count > list.expected(square.account).count)  // The first pages are told again.
        }
    }

    @Test func `that forgets every cursor is not read for ever`() async throws {
        try await withSquareStandIn { square in
            square.limitPages(to: 5)
            square.failAlways(.cursorRefused)
            let error = try await failure(.catalog, try client(reading: square), of: square.account)
            #expect(error.kind == .changed)
            #expect(square.log.count == 8)  // Four times a first page and a refused second.
        }
    }

    @Test func `behind a proxy that answers itself is no Square`() async throws {
        try await withSquareStandIn { square in
            square.fail(.html)
            let error = try await failure(.locations, try client(reading: square), of: square.account)
            #expect(error.kind == .unusable)
            #expect(error.description.contains("something that is not the Square API"))
        }
    }

    @Test func `that sends readers elsewhere is not followed with the token`() async throws {
        try await withSquareStandIn { other in
            try await withSquareStandIn { square in
                square.fail(.redirect(to: other.url + "/v2/locations"))
                let error = try await failure(.locations, try client(reading: square), of: square.account)
                #expect(error.kind == .unreachable)
                #expect(other.log.isEmpty)
            }
        }
    }

    @Test func `is never asked more often than the rate allows`() async throws {
        try await withSquareStandIn { square in
            square.limitPages(to: 5)
            let clock = SkippingClock()
            let reader = try client(reading: square, clock: clock) { $0.requestsPerMinute = 10 }
            let told = try await SquareList.orders.read(reader, of: square.account)
            let requests = square.log.count
            #expect(told.certificate.pages == requests)
            #expect(await reader.requestsSent == requests)
            #expect(requests > 20)
            #expect(clock.waits == Array(repeating: .seconds(60), count: (requests - 1) / 10))
        }
    }

    @Test(arguments: ["", "EAAA token", "EAAA\r\n"])
    func `is not asked with a token that can be none`(token: String) async throws {
        try await withSquareStandIn { square in
            let error = #expect(throws: SourceError.self) { try client(reading: square) { $0.token = token } }
            #expect(error?.kind == .unusable)
            #expect(error?.description.contains("SQUARE_ACCESS_TOKEN") == true)
            #expect(square.log.isEmpty)
        }
    }

    @Test func `is refused by a run, since none obeys it yet`() {
        let access = SourceAccess(sheets: GoogleSheetsAccess(userAgent: "rollcall/test"), bigQuery: BigQueryAccess(userAgent: "rollcall/test"))
        let error = #expect(throws: SourceError.self) { try makeSource(.square(SquareDefinition()), access: access) }
        #expect(error?.description.contains("not yet supported by the extractor") == true)
    }

    @Test(arguments: ["http://connect.squareup.com", "connect.squareup.com", "ftp://x"])
    func `is not asked over a wire that others read`(endpoint: String) {
        let access = SquareAccess(token: "t", tokenSetting: "SQUARE_ACCESS_TOKEN", endpoint: endpoint, userAgent: "rollcall/test")
        let error = #expect(throws: SourceError.self) { try SquareClient(access) }
        #expect(error?.description.contains("no https address") == true)
    }
}
