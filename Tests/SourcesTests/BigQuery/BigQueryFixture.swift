import Mapping
import Pipelines
import Sources
import TestSupport
import Testing

let bigQueryPlace = FilePlace(file: "vendors.yaml", line: 1, column: 1)

/// A source that reads `google`, without proxies, on a clock that does not wait.
func source(
    reading google: BigQueryStandIn, _ parts: [BigQueryPart] = vendorParts, clock: SkippingClock = SkippingClock(), location: String = "us-west1",
    change: (inout BigQueryAccess) -> Void = { _ in }
) throws -> BigQuerySource {
    var access = BigQueryAccess(endpoint: google.url, credentialsFile: google.credentialsFile, userAgent: "rollcall/test")
    access.proxy = ""
    access.clock = clock.clock
    change(&access)
    return try BigQuerySource(BigQueryDefinition(project: google.project, location: location, parts: parts), access: access)
}

/// The users' four parts, in small.
let vendorParts = [
    BigQueryPart(
        name: "vendors", isBase: true, key: "handle", origin: .table(name: "aurora.vendors", filter: "deleted_at IS NULL", newest: nil),
        columns: ["handle", "shop_name", "email"], place: bigQueryPlace),
    BigQueryPart(
        name: "sign_up", key: "handle", origin: .table(name: "app.sign_up", filter: nil, newest: "timestamp"), columns: ["name", "first_name", "email"],
        place: bigQueryPlace),
    BigQueryPart(
        name: "orders", key: "vendor", origin: .query("SELECT vendor, SUM(x) AS gmv FROM `hub.lines` GROUP BY vendor"), columns: ["gmv"],
        place: bigQueryPlace),
]

/// Three vendors, one of them with all there is, and a sign-up table without `name`.
func vendorTables() -> [WarehouseTable] {
    [
        WarehouseTable(
            "aurora.vendors", columns: [.init("handle"), .init("shop_name"), .init("email"), .init("deleted_at", "TIMESTAMP")],
            rows: [["anna", "Anna's", "a@x.org", nil], ["bert", nil, nil, nil], ["cleo", "", "c@x.org", nil]]),
        WarehouseTable(
            "app.sign_up", columns: [.init("handle"), .init("first_name"), .init("email"), .init("timestamp", "TIMESTAMP")],
            rows: [["bert", "Old Bert", "old@x.org", "1"], ["bert", "Bert", "b@x.org", "2"], ["zoe", "Zoe", nil, "3"]]),
        WarehouseTable("hub.lines", columns: [.init("vendor"), .init("gmv", "NUMERIC")], rows: [["anna", "5000000.50"], [nil, "7"], ["bert ", "12"]]),
    ]
}

/// All cells as `kind:text`; empty ones as nothing, absent ones as `?`.
func cells(_ source: any Source) async throws -> (rows: [[String]], certificate: ReadCertificate) {
    var rows: [[String]] = []
    let certificate = try await source.rows { row in
        rows.append(
            row.cells.indices.map { column in
                switch row.kind(column) {
                case .empty: ""
                case .absent: "?"
                case .text: "'\(row.text(column))'"
                case .number, .boolean, .error: row.text(column)
                }
            })
    }
    return (rows, certificate)
}

/// What opening and reading throws, which must be a `SourceError`.
func failure(_ source: BigQuerySource, sourceLocation: SourceLocation = #_sourceLocation) async throws -> SourceError {
    let error = await #expect(throws: SourceError.self, sourceLocation: sourceLocation) {
        _ = try await source.open()
        _ = try await source.rows { _ in }
    }
    return try #require(error, sourceLocation: sourceLocation)
}

/// Header, rows and certificate of a sound read.
func reading(_ source: BigQuerySource) async throws -> (header: [String], rows: [[String]], certificate: ReadCertificate) {
    let header = try await source.open()
    let (rows, certificate) = try await cells(source)
    return (header, rows, certificate)
}
