import Foundation
import Pipelines
import Postgres
import Schema
import TestSupport
import Testing

/// The users' table as it was, and the migrations that cure it, on a real PostgreSQL.
@Suite struct BuyersMigrationTests {
    private func sql(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: Repository.root.appending(path: path)), as: UTF8.self)
    }

    private func buyers() throws -> StreamDefinition {
        let path = Repository.root.appending(path: "ops/pipelines").path
        let pipeline = try #require(try PipelineDirectory(path: path, environment: ["BUYERS_SPREADSHEET_ID": "x"]).load(only: ["buyers"]).first)
        return pipeline.streams[0]
    }

    @Test func `nothing stops the buyers' first run, and every narrow column names migration 050`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let session = try database.session()
            try session.runScript(try sql("ops/demo/buyers.sql"))
            let table = try #require(try TableDefinition.load(session, "buyers"))
            let migrations = MigrationFiles.load(folder: Repository.root.appending(path: "migrations").path, pipeline: "buyers")
            let found = SchemaCheck.findings(try buyers(), table: table, migrations: migrations)
            #expect(Set(found.map(\.severity)) == [.note])
            #expect(found.count == 178 + 1)
            let cures = Dictionary(grouping: found) { finding in (finding.cure.description as NSString).lastPathComponent }
            #expect(cures["050_text_columns.up.sql"]?.count == 178)
            #expect(cures["051_synced_at.up.sql"]?.map(\.column) == ["synced_at"])
        }
    }

    @Test func `after the migrations nothing is left to say, twice is as good as once, and the way back refuses to cut`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let session = try database.session()
            try session.runScript(try sql("ops/demo/buyers.sql"))
            for _ in 1...2 {
                try session.runScript(try sql("migrations/buyers/050_text_columns.up.sql"))
                try session.runScript(try sql("migrations/buyers/051_synced_at.up.sql"))
            }
            let table = try #require(try TableDefinition.load(session, "buyers"))
            #expect(table.columns.filter { $0.lengthMax != nil } == [])
            #expect(SchemaCheck.findings(try buyers(), table: table) == [])

            let long = PostgresValue.text(String(repeating: "長", count: 812))
            try session.query("INSERT INTO buyers (buyer_number, name, viewing_result_follow_up) VALUES ('1', 'x', $1)", [long])
            let down = try sql("migrations/buyers/050_text_columns.down.sql")
            let refusal = #expect(throws: PostgresError.self) { try session.runScript(down) }
            #expect(refusal?.sqlState == "22001")
            #expect(try session.query("SELECT length(viewing_result_follow_up) FROM buyers").only().integer(0) == 812)

            try session.query("DELETE FROM buyers")
            try session.runScript(try sql("migrations/buyers/051_synced_at.down.sql"))
            try session.runScript(down)
            let narrow = try #require(try TableDefinition.load(session, "buyers"))
            #expect(narrow.columns.count { $0.lengthMax == 50 } == 180)
            #expect(narrow.column("synced_at") == nil)
        }
    }

    @Test func `a table that lacks some of the columns is widened where it has them`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let session = try database.session()
            try session.runScript("CREATE TABLE buyers (buyer_number text PRIMARY KEY, name varchar(50), price text, note varchar(9));")
            try session.runScript(try sql("migrations/buyers/050_text_columns.up.sql"))
            let table = try #require(try TableDefinition.load(session, "buyers"))
            #expect(table.columns.map(\.lengthMax) == [nil, nil, nil, 9])
        }
    }

    /// Every table of varchar columns, mapped as text, is TEXT after the cures the check names were run.
    @Test("B1: after the cures no field mapped as text is varchar", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func cures(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        var columns: [ColumnDefinition] = [ColumnDefinition(name: "id", typeName: "text", baseType: "text", isNullable: false)]
        for index in 0..<Int.random(in: 1...8, using: &random) {
            let length = Bool.random(using: &random) ? Int.random(in: 1...200, using: &random) : nil
            columns.append(
                ColumnDefinition(
                    name: "c\(index)", typeName: length.map { "character varying(\($0))" } ?? "text", baseType: length == nil ? "text" : "varchar",
                    lengthMax: length))
        }
        let table = TableDefinition(schema: "public", name: "items", columns: columns, uniqueKeys: [["id"]], fingerprint: "")
        let mapped = columns.dropFirst().map { column($0.name) }
        let cured = SchemaCheck.findings(stream(mapped), table: table).filter { $0.cure.description.hasSuffix("TYPE text;") }
        #expect(cured.map(\.column) == columns.filter { $0.lengthMax != nil }.map(\.name))
        for finding in cured { #expect(finding.cure == .sql("ALTER TABLE \"items\" ALTER COLUMN \"\(finding.column ?? "")\" TYPE text;")) }
    }
}
