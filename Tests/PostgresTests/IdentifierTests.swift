import Postgres
import TestSupport
import Testing

@Suite struct IdentifierTests {
    @Test(arguments: ["buyers", "a\"b", "\"", "drop table t; --", "買主リスト", "か\u{3099}", "a b", "\r\n\"\"", String(repeating: "x", count: 63)])
    func `a quoted name is that name and nothing else`(name: String) async throws {
        let quoted = try Identifier(name)
        try await ScratchDatabase.with(migrated: false) { database in
            let session = try database.session()
            try session.query("CREATE TABLE \(quoted) (\(quoted) bigint)")
            let found = try session.query("SELECT relname FROM pg_class WHERE relname = $1", [.text(name)]).only().text(0)
            #expect(Array(found.utf8) == Array(name.utf8))
        }
    }

    @Test(arguments: ["", "a\0b", String(repeating: "x", count: 64), String(repeating: "名", count: 22)])
    func `what Postgres would cut or refuse is refused here`(name: String) {
        let error = #expect(throws: PostgresError.self) { try Identifier(name) }
        #expect(error?.kind == .badIdentifier)
    }
}
