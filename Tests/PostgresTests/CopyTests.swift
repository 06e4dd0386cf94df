import Postgres
import TestSupport
import Testing

@Suite struct CopyTests {
    private struct Enough: Error, Equatable {}

    @Test("Rows copied in come out equal, byte by byte", arguments: 1...20 as ClosedRange<UInt64>)
    func roundTrip(seed: UInt64) async throws {
        var random = SeededGenerator(seed)
        let pieces = ["\t", "\n", "\r", "\\", "\\N", "\\.", "\"", ",", "a", "か\u{3099}", "が", "😀", " ", "\u{7F}", "NULL"]
        let rows: [(Int64, String?, Bool?)] = (0..<Int.random(in: 0...200, using: &random)).map { index in
            let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &random)] }.joined()
            return (Int64(index), Bool.random(using: &random) ? text : nil, [true, false, nil][Int.random(in: 0...2, using: &random)])
        }
        try await ScratchDatabase.with(migrated: false) { database in
            let session = try database.session()
            try session.query("CREATE TABLE t (n bigint, text text, flag boolean)")
            let count = try session.copyIn("COPY t FROM STDIN") { sink in
                for row in rows { try sink.row([.integer(row.0), row.1.map { .text($0) }, row.2.map { .boolean($0) }]) }
            }
            #expect(count == rows.count)
            var back: [(Int64, [UInt8]?, Bool?)] = []
            try session.copyOut("SELECT n, text, flag FROM t ORDER BY n") { row in
                back.append((try row.nextInteger() ?? -1, try row.next().map { Array($0) }, try row.nextBoolean()))
            }
            #expect(back.map(\.0) == rows.map(\.0))
            #expect(back.map(\.1) == rows.map { $0.1.map { Array($0.utf8) } })
            #expect(back.map(\.2) == rows.map(\.2))
        }
    }

    @Test func `a reader that has enough stops the copy and keeps the session`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let session = try database.session()
            var seen = 0
            #expect(throws: Enough.self) {
                try session.copyOut("SELECT g::bigint FROM generate_series(1, 5000000) g") { _ in
                    seen += 1
                    if seen == 10 { throw Enough() }
                }
            }
            #expect(seen == 10)
            #expect(try session.query("SELECT 1").only().integer(0) == 1)
        }
    }

    @Test func `a writer that fails leaves no row behind and keeps the session`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let session = try database.session()
            try session.query("CREATE TABLE t (n bigint)")
            #expect(throws: Enough.self) {
                try session.copyIn("COPY t FROM STDIN") { sink in
                    for number in 0..<100_000 { try sink.row([.integer(Int64(number))]) }
                    throw Enough()
                }
            }
            #expect(try session.query("SELECT count(*) FROM t").only().integer(0) == 0)
        }
    }

    @Test func `a refused COPY is told by its code, before and after rows`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let session = try database.session()
            try session.query("CREATE TABLE t (n bigint)")
            #expect(throws: PostgresError.self) { try session.copyOut("SELECT * FROM nowhere") { _ in } }
            let late = #expect(throws: PostgresError.self) { try session.copyOut("SELECT 1 / (g - 20000) FROM generate_series(1, 20000) g") { _ in } }
            #expect(late?.sqlState == "22012")
            let bad = #expect(throws: PostgresError.self) { try session.copyIn("COPY t FROM STDIN") { try $0.row(["PII-4410"]) } }
            #expect(bad?.sqlState == "22P02")
            #expect(bad?.description.contains("4410") == false)
            #expect(throws: PostgresError.self) { try session.copyIn("COPY t FROM STDIN") { try $0.row(["a\0b"]) } }
            #expect(try session.query("SELECT 1").only().integer(0) == 1)
        }
    }
}
