import Foundation
import Pipelines
import Sources
import TestSupport
import Testing

@Suite struct `BigQuery in trouble` {
    private var whole: [[String]] { `Tables of BigQuery`.whole }

    @Test(arguments: [
        BigQueryFault.rateLimit, .backend, .refusal(500, reason: "internalError", message: "x"), .refusal(400, reason: "tableUnavailable", message: "x"),
        .wire(.status(500)), .wire(.status(429, retryAfterSeconds: 7)), .wire(.cut(afterBytes: 30)), .wire(.shortened(toBytes: 200)),
    ])
    func `is asked again where that can help, and makes no second job by it`(fault: BigQueryFault) async throws {
        try await withBigQueryStandIn(vendorTables()) { google in
            google.cutPages(rowsMax: 1)
            for step in [BigQueryStandIn.Step.describe, .query, .results] { google.fail(fault, on: step, times: 2) }
            let clock = SkippingClock()
            let read = try await reading(try source(reading: google, clock: clock))
            #expect(read.rows == whole && read.certificate.isComplete)
            #expect(google.jobs == 3 && clock.waits.count == 6)
            #expect(read.certificate.parts.reduce(0) { $0 + $1.requests } == google.log.count)
        }
    }

    @Test func `that wants a pause gets it`() async throws {
        try await withBigQueryStandIn(vendorTables()) { google in
            google.fail(.refusal(403, reason: "rateLimitExceeded", message: "x", retryAfterSeconds: 17))
            let clock = SkippingClock()
            _ = try await reading(try source(reading: google, clock: clock))
            #expect(clock.waits.count == 1 && clock.waits[0] >= .seconds(17) && clock.waits[0] < .seconds(18))
        }
    }

    @Test func `that loses a job gets another, with another id`() async throws {
        try await withBigQueryStandIn(vendorTables()) { google in
            google.fail(.jobBackend, on: .query, table: "hub.lines", times: 2)
            let read = try await reading(try source(reading: google))
            #expect(read.rows == whole && google.jobs == 5)
            google.fail(.jobBackend, on: .query, table: "aurora.vendors", times: .max)
            let error = try await failure(try source(reading: google))
            #expect(error.kind == .unreachable && error.description.contains("BigQuery lost the job: it ended with jobBackendError; given up after 4 jobs"))
        }
    }

    @Test func `whose pages expire in the middle is read anew`() async throws {
        try await withBigQueryStandIn(vendorTables()) { google in
            google.cutPages(rowsMax: 1)
            google.afterEachRequest { [weak google] count in if count == 8 { google?.expireJobs() } }
            let read = try await reading(try source(reading: google))
            #expect(read.rows == whole && read.certificate.isComplete)
        }
    }

    @Test func `that gives fewer rows than it counted gives none`() async throws {
        try await withBigQueryStandIn(vendorTables()) { google in
            google.lose(rows: 1)
            let error = try await failure(try source(reading: google))
            #expect(error.kind == .unreachable && error.description.contains("it has 3 rows and gave 2"))
        }
    }

    @Test func `a token revoked in mid-run is renewed, and a second refusal is about the account`() async throws {
        try await withBigQueryStandIn(vendorTables()) { google in
            google.cutPages(rowsMax: 1)
            google.afterEachRequest { [weak google] count in if count == 5 { google?.revokeTokens() } }
            #expect(try await reading(try source(reading: google)).rows == whole)
            #expect(google.tokensIssued > 1)
            google.refuseAllTokens()
            let error = try await failure(try source(reading: google))
            #expect(error.kind == .refused && error.description.contains(google.clientEmail))
        }
    }

    @Test func `a wrong location is told with the data set and the location, and no other is tried`() async throws {
        try await withBigQueryStandIn(vendorTables()) { google in
            let error = try await failure(try source(reading: google, location: "US"))
            #expect(error.kind == .unusable)
            #expect(error.description.contains("the data set of aurora.vendors is in us-west1, and the pipeline says `location: US`"))
            #expect(google.queries.isEmpty)
            let query = BigQueryPart(
                name: "q", isBase: true, key: "vendor", origin: .query("SELECT * FROM `hub.lines`"), columns: ["gmv"], place: bigQueryPlace)
            let other = try await failure(try source(reading: google, [query], location: "EU"))
            #expect(
                other.description.contains(
                    "nothing of that name in location EU (notFound: Dataset stand-in:hub was not found in location EU); correct the name"))
        }
    }

    @Test(arguments: [0, 1, 2])
    func `a part that is denied leaves its cells absent, and the base ends the run`(part: Int) async throws {
        let table = vendorTables()[part].name
        for step in [BigQueryStandIn.Step.describe, .query] {
            try await withBigQueryStandIn(vendorTables()) { google in
                google.fail(.denied(table), on: step, table: table, times: .max)
                let source = try source(reading: google)
                guard part > 0 else {
                    let error = try await failure(source)
                    #expect(error.kind == .refused && error.description.contains("accessDenied") && error.description.contains(google.clientEmail))
                    return
                }
                let read = try await reading(source)
                let columns = read.header.indices.filter { read.header[$0].hasPrefix(vendorParts[part].name + ".") }
                #expect(!columns.isEmpty && !read.certificate.isComplete)
                for row in read.rows.indices {
                    for column in read.header.indices where columns.contains(column) { #expect(read.rows[row][column] == "?") }
                }
                #expect(read.certificate.parts.map { $0.failure != nil } == [false, part == 1, part == 2])
                #expect(read.certificate.parts[part].failure?.contains("accessDenied") == true)
                let others = read.header.indices.filter { !columns.contains($0) }
                #expect(read.rows.map { row in others.compactMap { row.indices.contains($0) ? row[$0] : nil } }.allSatisfy { !$0.contains("?") })
            }
        }
    }

    @Test func `a used up quota fails its part at once and is not hammered`() async throws {
        try await withBigQueryStandIn(vendorTables()) { google in
            google.fail(.quota, table: "hub.lines", times: .max)
            let clock = SkippingClock()
            let read = try await reading(try source(reading: google, clock: clock))
            #expect(
                clock.waits.isEmpty
                    && read.certificate.parts[2].failure?.contains(
                        "quota is used up (quotaExceeded: Your project exceeded quota for free query bytes scanned); wait") == true
            )
        }
    }

    @Test func `a query of a column that is gone fails its part, with the name`() async throws {
        try await withBigQueryStandIn(vendorTables()) { google in
            google.fail(.refusal(400, reason: "invalidQuery", message: "Unrecognized name: gmv_gone at [1:20]"), on: .describe, table: "hub.lines")
            let read = try await reading(try source(reading: google))
            #expect(read.certificate.parts[2].failure?.contains("Unrecognized name: gmv_gone") == true)
            #expect(read.rows.map { $0[5] } == ["?", "?", "?"])
        }
    }

    @Test func `a query that gives no column of that name is passed over, also when the dry run told nothing`() async throws {
        try await withBigQueryStandIn(vendorTables()) { google in
            google.edit { $0[2].columns[1].name = "sum" }
            let told = try await reading(try source(reading: google))
            #expect(!told.header.contains("orders.gmv") && told.certificate.parts[2].lacking == ["gmv"] && told.certificate.isComplete)
            google.tellColumnsOfQueries(false)
            let untold = try await reading(try source(reading: google))
            #expect(untold.rows.map { $0[5] } == ["?", "?", "?"] && !untold.certificate.isComplete)
        }
    }

    @Test func `a query that never ends is given up, and one that is cancelled stops`() async throws {
        try await withBigQueryStandIn(vendorTables()) { google in
            google.keepRunning(answers: .max)
            let error = try await failure(try source(reading: google))
            #expect(error.kind == .unreachable && error.description.contains("was not done in 600 seconds"))
            google.fail(.wire(.stall(afterBytes: 5)), times: .max)
            let stuck = try source(reading: google)
            _ = try await stuck.open()
            let before = google.log.count
            let task = Task { try await stuck.rows { _ in } }
            try await eventually("the queries are on their way") { google.log.count > before }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test func `a part too large for the memory it may take is refused`() async throws {
        try await withBigQueryStandIn(vendorTables()) { google in
            let error = try await failure(try source(reading: google) { $0.partBytesMax = 10 })
            #expect(error.kind == .unusable && error.description.contains("more than 10 bytes"))
        }
    }

    @Test func `no error shows a token, a key or a value`() async throws {
        try await withBigQueryStandIn(vendorTables()) { google in
            for fault in [
                BigQueryFault.refusal(400, reason: "invalidQuery", message: "Bad int64 value: secret@x.org"),
                .refusal(400, reason: "invalidQuery", message: "Invalid date: 'secret@x.org'"), .wire(.shortened(toBytes: 60)), .wire(.htmlNotFound), .backend,
            ] {
                google.fail(fault, on: .query, times: .max)
                let text = try await failure(try source(reading: google)).description
                #expect(!text.contains("ya29") && !text.contains("PRIVATE") && !text.contains("secret") && !text.contains("Bearer") && !text.contains("Anna"))
                google.heal()
            }
        }
    }

    @Test func `the stand-in refuses what BigQuery refuses`() async throws {
        try await withBigQueryStandIn(vendorTables()) { google in
            let wrong = BigQueryPart(
                name: "t", isBase: true, key: "k", origin: .table(name: "aurora.vendors", filter: nil, newest: nil), columns: [], place: bigQueryPlace)
            let keyless = try await failure(try source(reading: google, [wrong]))
            #expect(keyless.description.contains("has no column `k`; it has handle, shop_name"))
            let none = BigQueryPart(
                name: "t", isBase: true, key: "k", origin: .table(name: "no.table", filter: nil, newest: nil), columns: [], place: bigQueryPlace)
            let unknown = try await failure(try source(reading: google, [none]))
            #expect(unknown.description.contains("(notFound: Table stand-in:no.table)"))
        }
    }
}
