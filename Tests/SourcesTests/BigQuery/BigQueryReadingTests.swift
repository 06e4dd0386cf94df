import Pipelines
import Sources
import TestSupport
import Testing

@Suite struct `Tables of BigQuery` {
    static let whole = [
        ["'anna'", "'Anna's'", "'a@x.org'", "", "", "5000000.50"], ["'bert'", "", "", "'Bert'", "'b@x.org'", "12"], ["'cleo'", "", "'c@x.org'", "", "", ""],
    ]

    @Test func `are merged by key into the rows of the base, and every part is accounted for`() async throws {
        try await withBigQueryStandIn(vendorTables()) { google in
            let read = try await reading(try source(reading: google))
            #expect(read.header == ["vendors.handle", "vendors.shop_name", "vendors.email", "sign_up.first_name", "sign_up.email", "orders.gmv"])
            #expect(read.rows == Self.whole)
            let parts = read.certificate.parts
            #expect(read.certificate.isComplete && read.certificate.rows == 3)
            #expect(parts.map(\.name) == ["vendors", "sign_up", "orders"])
            #expect(parts.map(\.rows) == [3, 2, 3] && parts.map(\.matched) == [3, 1, 2])
            #expect(parts.map(\.withoutBase) == [0, 1, 0] && parts.map(\.withoutKey) == [0, 0, 1])
            #expect(parts.map(\.requests) == [2, 2, 2] && read.certificate.pages == 6)
            #expect(parts.map(\.lacking) == [[], ["name"], []])
        }
    }

    @Test func `are asked for what is mapped and exists, and for the newest of several rows`() async throws {
        try await withBigQueryStandIn(vendorTables()) { google in
            let source = try source(reading: google)
            _ = try await source.open()
            #expect(google.queries.isEmpty, "what a part lacks is known before any query runs")
            #expect(await source.remarks == ["Part sign_up has no column name; what else feeds the same fields is taken"])
            #expect(await source.ratePlan?.description == "this sync needs about 6 requests, 1 minute")
            _ = try await cells(source)
            let queries = google.queries.sorted()
            #expect(
                queries == [
                    "SELECT `handle`, `first_name`, `email` FROM `stand-in.app.sign_up`\nWHERE (TRUE\n)\n"
                        + "QUALIFY ROW_NUMBER() OVER (PARTITION BY `handle` ORDER BY `timestamp` DESC) = 1",
                    "SELECT `handle`, `shop_name`, `email` FROM `stand-in.aurora.vendors`\nWHERE (deleted_at IS NULL\n)",
                    "SELECT vendor, SUM(x) AS gmv FROM `hub.lines` GROUP BY vendor",
                ])
        }
    }

    @Test(arguments: [1, 2, 1000])
    func `come in pages of any size, from jobs that take their time`(rowsMax: Int) async throws {
        try await withBigQueryStandIn(vendorTables()) { google in
            google.cutPages(rowsMax: rowsMax)
            google.keepRunning(answers: 3)
            let clock = SkippingClock()
            let read = try await reading(try source(reading: google, clock: clock))
            #expect(read.rows == Self.whole && read.certificate.isComplete)
            #expect(google.jobs == 3)
            #expect(clock.waits.count == 9)
        }
    }

    @Test func `whose names differ from the pipeline's by case are the same columns, as in BigQuery`() async throws {
        try await withBigQueryStandIn(vendorTables()) { google in
            google.edit { $0[0].columns[1].name = "Shop_Name" }
            let read = try await reading(try source(reading: google))
            #expect(read.header[1] == "vendors.shop_name" && read.rows == Self.whole)
        }
    }

    @Test func `keys are compared as the mapper compares them, and a part never makes a row of the base two`() async throws {
        var tables = vendorTables()
        tables[0].rows = [["ａｎｎａ", "wide", nil, nil], [" cleo\u{3000}", "spaces", nil, nil], [nil, "no key", nil, nil], ["null", "a word", nil, nil]]
        tables[2].rows = [["anna", "1"], ["cleo", "2"], [" cleo ", "2"], ["", "3"], ["null", "4"], ["dora", "5"], ["dora", "6"]]
        try await withBigQueryStandIn(tables) { google in
            let read = try await reading(try source(reading: google))
            #expect(read.rows.map { $0[5] } == ["1", "2", "", ""])
            #expect(read.certificate.parts[2].repeatedKeys == 1 && read.certificate.parts[2].withoutKey == 2 && read.certificate.parts[2].withoutBase == 2)
            #expect(read.certificate.parts[0].withoutKey == 2)
        }
    }

    @Test func `a key of which a part says two things leaves its fields open, and no others`() async throws {
        var tables = vendorTables()
        tables[2].rows = [["anna", "1"], ["anna", "2"], ["bert", "3"]]
        try await withBigQueryStandIn(tables) { google in
            let read = try await reading(try source(reading: google))
            #expect(read.rows.map { $0[5] } == ["?", "3", ""])
            #expect(read.certificate.parts[2].repeatedKeys == 1 && read.certificate.isComplete)
        }
    }

    @Test func `a key twice in the base stays two rows, for the run to refuse`() async throws {
        var tables = vendorTables()
        tables[0].rows = [["anna", "one", nil, nil], ["anna", "two", nil, nil]]
        try await withBigQueryStandIn(tables) { google in
            let rows = try await reading(try source(reading: google)).rows
            #expect(rows.map { [$0[0], $0[1], $0[5]] } == [["'anna'", "'one'", "5000000.50"], ["'anna'", "'two'", "5000000.50"]])
        }
    }

    @Test func `all types of the wire come without loss`() async throws {
        let record = WarehouseTable.Column("c", "RECORD", fields: [.init("n", "INTEGER"), .init("t", "TIMESTAMP"), .init("l", isRepeated: true), .init("s")])
        let columns: [(WarehouseTable.Column, WarehouseTable.Value, String)] = [
            (.init("c", "STRING"), "null\t\"が\\ \u{1F600}", "'null\t\"が\\ \u{1F600}'"), (.init("c", "STRING"), "", ""), (.init("c", "STRING"), nil, ""),
            (.init("c", "INTEGER"), "9007199254740993", "9007199254740993"), (.init("c", "INT64"), "-9223372036854775808", "-9223372036854775808"),
            (.init("c", "FLOAT"), "3.5", "3.5"), (.init("c", "FLOAT64"), "1.0E20", "1.0E20"), (.init("c", "FLOAT"), "NaN", "'NaN'"),
            (.init("c", "FLOAT"), "-Infinity", "'-Infinity'"), (.init("c", "NUMERIC"), "12345678901234567890.123456789", "12345678901234567890.123456789"),
            (.init("c", "BIGNUMERIC"), "0.00000000000000000000000000000000000001", "0.00000000000000000000000000000000000001"),
            (.init("c", "BOOLEAN"), "true", "true"), (.init("c", "BOOL"), "false", "false"),
            (.init("c", "TIMESTAMP"), "1709210096789012", "'2024-02-29T12:34:56.789012Z'"), (.init("c", "TIMESTAMP"), "-1", "'1969-12-31T23:59:59.999999Z'"),
            (.init("c", "TIMESTAMP"), "-62135596800000000", "'0001-01-01T00:00:00Z'"), (.init("c", "DATE"), "2024-02-29", "'2024-02-29'"),
            (.init("c", "TIME"), "23:59:59.999999", "'23:59:59.999999'"),
            (.init("c", "DATETIME"), "2024-02-29T12:34:56.500000", "'2024-02-29T12:34:56.500000'"),
            (.init("c", "BYTES"), "AAECAw==", "'AAECAw=='"), (.init("c", "JSON"), #"{"a": [1, 2]}"#, #"'{"a": [1, 2]}'"#),
            (.init("c", "GEOGRAPHY"), "POINT(1 2)", "'POINT(1 2)'"), (.init("c", "STRING", isRepeated: true), .list([]), ""),
            (.init("c", "STRING", isRepeated: true), .list(["a\"b", nil]), #"'["a\"b",null]'"#),
            (.init("c", "INTEGER", isRepeated: true), .list(["9007199254740993"]), "'[9007199254740993]'"),
            (record, .record(["1", "1709210096789012", .list(["x"]), nil]), #"'{"n":1,"t":"2024-02-29T12:34:56.789012Z","l":["x"],"s":null}'"#),
            (record, nil, ""), (.init("c", "FLOAT", isRepeated: true), .list(["NaN", "1.5"]), #"'["NaN",1.5]'"#),
        ]
        try await withBigQueryStandIn([]) { google in
            for (column, value, expected) in columns {
                google.edit { $0 = [WarehouseTable("d.t", columns: [.init("k"), column], rows: [["1", value]])] }
                let part = BigQueryPart(
                    name: "t", isBase: true, key: "k", origin: .table(name: "d.t", filter: nil, newest: nil), columns: ["c"], place: bigQueryPlace)
                let read = try await reading(try source(reading: google, [part]))
                #expect(read.rows == [[expected]], "\(column.type) \(value)")
            }
        }
    }
}
