import JSONText
import Mapping
import Pipelines
import SampleData
import TestSupport
import Testing

@testable import Sources

/// A stream of a feed with these paths as its columns.
func squareStream(_ name: String, _ feed: SquareFeed, each: String? = nil, _ paths: [String]) throws -> StreamDefinition {
    let place = FilePlace(file: "square.yaml", line: 1, column: 1)
    return StreamDefinition(
        name: name, table: name, key: [],
        columns: paths.enumerated().map { ColumnMapping(from: .header([$1], occurrence: nil), to: "c\($0)", type: .text, place: place) },
        feed: StreamFeed(feed, each: try each.map { try JSONPath(each: $0) }), place: place)
}

@Suite struct `Streams of a Square account` {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    /// A source for each stream, of one reading of the feed.
    private func sources(_ square: SquareStandIn, _ feed: SquareFeed, _ streams: [StreamDefinition]) throws -> [SquareSource] {
        let reading = try SquareFeedReading(feed, streams: streams, client: try client(reading: square), folder: folder.path)
        return try streams.map { try SquareSource($0, reading: reading) }
    }

    private func rows(_ source: SquareSource) async throws -> (rows: [[String]], certificate: ReadCertificate) {
        _ = try await source.open()
        var rows: [[String]] = []
        let certificate = try await source.rows { row in rows.append(row.cells.indices.map { row.text($0) }) }
        return (rows, certificate)
    }

    @Test func `are made of one listing, however many they are and however often they are read`() async throws {
        try await withSquareStandIn { square in
            let account = square.account
            let all = try sources(
                square, .orders,
                [
                    squareStream("orders", .orders, ["id", "state"]), squareStream("lines", .orders, each: "line_items", ["^id", "uid", "quantity"]),
                    squareStream("tenders", .orders, each: "tenders", ["id", "^id", "amount_money.amount"]),
                ])
            let orders = try await rows(all[0]), lines = try await rows(all[1])
            var tenders: [[String]] = []
            _ = try await all[2].open()
            for _ in 1...2 {
                tenders = []
                _ = try await all[2].rows { row in tenders.append(row.cells.indices.map { row.text($0) }) }
            }
            #expect(square.log.map(\.path) == ["/v2/locations", "/v2/orders/search", "/v2/orders/search"])
            func sorted(_ rows: [[String]]) -> [String] { rows.map { $0.joined(separator: "|") }.sorted() }
            #expect(sorted(orders.rows) == sorted(account.orders.map { [$0.id, $0.state] }))
            #expect(sorted(lines.rows) == sorted(account.orders.flatMap { order in order.lines.map { [order.id, $0.uid, $0.quantity] } }))
            #expect(sorted(tenders) == sorted(account.orders.flatMap { order in order.tenders.map { [$0.id, order.id, String($0.amount)] } }))
            #expect(orders.certificate.isComplete && orders.certificate.rows == account.orders.count)
            #expect(lines.certificate.rows == 500)
        }
    }

    @Test(arguments: SquareFeed.allCases)
    func `have every object of their feed`(feed: SquareFeed) async throws {
        try await withSquareStandIn { square in
            square.limitPages(to: 9)
            let account = square.account
            func ids(_ kind: SquareCatalogObject.Kind) -> [String] { account.catalog.filter { $0.kind == kind }.map(\.id) }
            let expected: [String] =
                switch feed {
                case .locations: account.locationIDs
                case .categories: ids(.category)
                case .items: ids(.item)
                case .variations: ids(.variation)
                case .counts: account.counts.map(\.catalogObjectID)
                case .vendors: account.vendors.compactMap { $0.text("id") }
                case .orders: account.orders.map(\.id)
                case .payments: account.payments.map(\.id)
                case .refunds: account.refunds.map(\.id)
                }
            let source = try sources(square, feed, [squareStream("s", feed, [feed == .counts ? "catalog_object_id" : "id"])])[0]
            #expect(try await rows(source).rows.map { $0[0] }.sorted() == expected.sorted())
        }
    }

    @Test func `have an object once, as it was told last, when pages shift or a listing begins again`() async throws {
        try await withSquareStandIn { square in
            square.limitPages(to: 10)
            // Two listings' first requests have no cursor; this forgets the first one's.
            square.fail(request: 4, .cursorRefused)
            square.afterEachRequest { count in
                guard count == 3 else { return }
                square.edit { account in
                    account.passTime(milliseconds: 1000)
                    for index in account.orders.indices { account.cancelOrder(index) }
                }
            }
            let all = try sources(
                square, .orders, [squareStream("orders", .orders, ["id", "state"]), squareStream("lines", .orders, each: "line_items", ["^id", "uid"])])
            let orders = try await rows(all[0])
            #expect(orders.rows.map { $0[0] }.sorted() == square.account.orders.map(\.id).sorted())
            #expect(Set(orders.rows.map { $0[1] }) == ["CANCELED"])
            #expect(try await rows(all[1]).rows.count == 500)
            #expect(orders.certificate.isComplete)
        }
    }

    @Test func `that could not be read are read anew by who asks again, and say nothing of what was told before`() async throws {
        try await withSquareStandIn { square in
            square.limitPages(to: 10)
            let source = try sources(square, .variations, [squareStream("s", .variations, ["id"])])[0]
            square.fail(request: 2, .unauthorized("ACCESS_TOKEN_REVOKED"))
            _ = try await source.open()
            var told = 0
            let error = await #expect(throws: SourceError.self) { _ = try await source.rows { _ in told += 1 } }
            #expect(error?.kind == .refused)
            #expect(told == 0)
            #expect(try await rows(source).rows.count == square.account.catalog.count { $0.kind == .variation })
        }
    }

    @Test func `whose API has changed its answers are refused, not emptied`() async throws {
        try await withSquareStandIn { square in
            square.edit { $0.vendors[0]["contacts"] = "none" }
            let source = try sources(square, .vendors, [squareStream("contacts", .vendors, each: "contacts", ["id"])])[0]
            let error = await #expect(throws: SourceError.self) { _ = try await rows(source) }
            #expect(error?.description.contains("Has the API changed its answers?") == true)
            square.edit { $0.vendors[0] = ["name": "nobody", "status": "ACTIVE"] }
            let unknown = await #expect(throws: SourceError.self) { _ = try await rows(source) }
            #expect(unknown?.description.contains("an object has no id") == true)
        }
    }

    @Test func `of a feed that is suddenly empty are none, and nothing else is claimed: the guards hold such a run`() async throws {
        try await withSquareStandIn { square in
            square.failAlways(.emptyList)
            let source = try sources(square, .orders, [squareStream("orders", .orders, ["id"])])[0]
            let told = try await rows(source)
            #expect(told.rows.isEmpty && told.certificate.isComplete)
        }
    }

    @Test(arguments: SourceConformance.Rule.allCases)
    func `keep the rule of every source`(rule: SourceConformance.Rule) async throws {
        try await withSquareStandIn { square in
            let conformance = SourceConformance(keeps: .shownText) { grid in
                square.edit { $0.vendors = vendors(of: grid) }
                let names = (0..<(grid.rows.first?.count ?? 0)).map { "c\($0)" }
                let source = try sources(square, .vendors, [squareStream("s", .vendors, names)])[0]
                return .init(source, names: names) { other in square.edit { $0.vendors = vendors(of: other) } }
            }
            try await conformance.check(rule)
        }
    }

    /// The grid's rows, as people see them, in members c0, c1 and so on; what is empty there is left out.
    private func vendors(of grid: SheetGrid) -> [JSONObject] {
        let width = grid.rows.first?.count ?? 0
        return grid.rows.indices.dropFirst().map { row in
            var vendor: JSONObject = ["id": .string("V\(row)"), "status": "ACTIVE"]
            for column in 0..<width {
                let text = grid[row: row + 1, column: column].shown
                if !text.isEmpty { vendor["c\(column)"] = .string(text) }
            }
            return vendor
        }
    }
}
