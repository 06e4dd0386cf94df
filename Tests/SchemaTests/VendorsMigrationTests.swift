import Foundation
import Pipelines
import Postgres
import Schema
import TestSupport
import Testing

/// The vendors' table, as the users have it or not there at all, and the migrations that make it fit, on a real PostgreSQL.
@Suite struct VendorsMigrationTests {
    private func run(_ file: String, _ session: PostgresSession) throws {
        let path = Repository.root.appending(path: "migrations/vendors/\(file).sql")
        try session.runScript(String(decoding: try Data(contentsOf: path), as: UTF8.self))
    }

    private func vendors() throws -> StreamDefinition {
        let path = Repository.root.appending(path: "ops/pipelines").path
        let directory = PipelineDirectory(path: path, environment: ["VENDORS_BIGQUERY_PROJECT": "p"])
        return try #require(try directory.load(only: ["vendors"]).first).streams[0]
    }

    /// As the users' own program made it.
    private static let theirs = """
        CREATE TABLE vendors (
            id varchar PRIMARY KEY DEFAULT gen_random_uuid(), handle text NOT NULL UNIQUE, name text NOT NULL, email text, phone text, gmv_tier text,
            gmv_90_day integer, kam text, zone text, region text, country text, geo text, persona text, created_at timestamp NOT NULL DEFAULT now(),
            updated_at timestamp NOT NULL DEFAULT now());
        CREATE TABLE tickets (id integer PRIMARY KEY, vendor_handle text REFERENCES vendors (handle));
        INSERT INTO vendors (handle, name, gmv_90_day, kam) VALUES ('unique-vintage', 'Unique', 1200, 'Jo');
        INSERT INTO tickets VALUES (1, 'unique-vintage');
        """

    @Test(arguments: ["", theirs])
    func `after the migrations nothing is left to say, and twice is as good as once`(before: String) async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let session = try database.session()
            try session.runScript(before)
            for _ in 1...2 {
                try run("010_vendors.up", session)
                try run("011_vendor_details.up", session)
            }
            let table = try #require(try TableDefinition.load(session, "vendors"))
            #expect(SchemaCheck.findings(try vendors(), table: table) == [])
            #expect(table.column("gmv_90_day")?.baseType == "numeric")
            let kept = try session.query("SELECT count(*) FROM vendors WHERE kam = 'Jo' AND gmv_90_day = 1200").only().integer(0)
            #expect(kept == (before.isEmpty ? 0 : 1))
            try run("011_vendor_details.down", session)
            let narrow = try #require(try TableDefinition.load(session, "vendors"))
            #expect(narrow.column("average_rating") == nil && narrow.column("kam") != nil)
        }
    }

    @Test func `of the users' table as it is, every lack names its migration`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let session = try database.session()
            try session.runScript(Self.theirs)
            let table = try #require(try TableDefinition.load(session, "vendors"))
            let migrations = MigrationFiles.load(folder: Repository.root.appending(path: "migrations").path, pipeline: "vendors")
            let found = SchemaCheck.findings(try vendors(), table: table, migrations: migrations)
            let lacking = found.filter { $0.cure.description.hasSuffix("011_vendor_details.up.sql") }.compactMap(\.column)
            #expect(Set(lacking) == ["origin", "profile_picture", "description", "average_rating", "deleted_at", "synced_at", "db_updated_at"])
            #expect(found.filter { $0.severity == .stop }.compactMap(\.column).contains("gmv_90_day"), "a sum with a fraction does not fit an integer")
        }
    }
}
