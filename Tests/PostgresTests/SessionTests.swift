import Postgres
import TestSupport
import Testing

@Suite struct SessionTests {
    @Test func `texts, numbers, flags and NULL come back as they went`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let session = try database.session()
            let row = try session.query(
                "SELECT $1::text, $2::bigint, $3::boolean, $4::text, ''::text", [.text("買主 \"q\" \\ ,{}"), 42, true, nil]
            ).only()
            #expect(try row.text(0) == "買主 \"q\" \\ ,{}")
            #expect(try row.integer(1) == 42)
            #expect(try row.boolean(2))
            #expect(row.optionalText(3) == nil)
            #expect(row.optionalText(4) == "")
            #expect(throws: PostgresError.self) { try row.text(3) }
            #expect(throws: PostgresError.self) { try row.integer(0) }
        }
    }

    @Test func `arrays carry any text, and NULL among them`() async throws {
        let texts: [String?] = ["", "NULL", nil, "a,b", "{\"\\}", "\r\n", "か\u{3099}", " "]
        try await ScratchDatabase.with(migrated: false) { database in
            let rows = try database.session().query(
                "SELECT t, n, b FROM unnest($1::text[], $2::bigint[], $3::boolean[]) AS u (t, n, b)",
                [.texts(texts), .integers([1, nil, .min, .max, 0, 5, 6, 7]), .booleans([true, false, nil, true, true, true, true, true])])
            #expect(rows.map { $0.optionalText(0).map { Array($0.utf8) } } == texts.map { $0.map { Array($0.utf8) } })
            #expect(try rows.map { try $0.optionalInteger(1) } == [1, nil, .min, .max, 0, 5, 6, 7])
            #expect(try rows.prefix(3).map { try $0.optionalBoolean(2) } == [true, false, nil])
        }
    }
}
