import Postgres
import Schema
import TestSupport
import Testing

/// The catalog of a real PostgreSQL, read as the loader and the check need it.
@Suite struct TableDefinitionTests {
    @Test func `every kind of column is described`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let session = try database.session()
            try session.runScript(
                """
                CREATE SCHEMA sales;
                CREATE DOMAIN short AS varchar(7) NOT NULL;
                CREATE TYPE mood AS ENUM ('good', 'bad');
                CREATE TABLE sales."Odd items" (
                    id bigint GENERATED ALWAYS AS IDENTITY, name varchar(50) NOT NULL, code char(3), label text DEFAULT 'x', price numeric(12, 2),
                    whole numeric, low numeric(3, -2), due timestamptz, day date, flag boolean, extra jsonb, nick short, feeling mood,
                    twice numeric GENERATED ALWAYS AS (price * 2) STORED, gone text, "か゛" text);
                ALTER TABLE sales."Odd items" DROP COLUMN gone;
                """)
            let table = try #require(try TableDefinition.load(session, "sales.Odd items"))
            #expect(table.schema == "sales" && table.name == "Odd items")
            #expect(
                table.columns.map(\.baseType) == [
                    "int8", "varchar", "bpchar", "text", "numeric", "numeric", "numeric", "timestamptz", "date", "bool", "jsonb", "varchar", "mood", "numeric",
                    "text",
                ])
            #expect(table.column("name")?.typeName == "character varying(50)")
            #expect(table.columns.map(\.lengthMax) == [nil, 50, 3, nil, nil, nil, nil, nil, nil, nil, nil, 7, nil, nil, nil])
            #expect(table.column("price")?.precision == 12 && table.column("price")?.scale == 2)
            #expect(table.column("whole")?.precision == nil)
            #expect(table.columns.filter { !$0.isNullable }.map(\.name) == ["id", "name", "nick"])
            #expect(table.columns.filter(\.hasDefault).map(\.name) == ["id", "label", "twice"])
            #expect(table.columns.filter(\.isGenerated).map(\.name) == ["twice"])
            #expect(table.column("name")?.typeOID == 1043)
            #expect(table.column("gone") == nil)
            #expect(table.uniqueKeys == [])
        }
    }

    @Test func `only an index that ON CONFLICT can name is a key`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let session = try database.session()
            try session.runScript(
                """
                CREATE TABLE items (a text, b text, c text, d text, e text, f text PRIMARY KEY, g text UNIQUE DEFERRABLE);
                CREATE UNIQUE INDEX ON items (b, a) INCLUDE (c);
                CREATE UNIQUE INDEX ON items (c) WHERE d IS NULL;
                CREATE UNIQUE INDEX ON items (lower(d));
                CREATE INDEX ON items (e);
                """)
            let table = try #require(try TableDefinition.load(session, "items"))
            #expect(table.uniqueKeys == [["f"], ["b", "a"]])
            #expect(table.hasUniqueKey(["a", "b"]) && table.hasUniqueKey(["f"]))
            #expect(!table.hasUniqueKey(["a"]) && !table.hasUniqueKey(["c"]) && !table.hasUniqueKey(["g"]) && !table.hasUniqueKey(["a", "b", "c"]))
            // The server agrees about each of them.
            for columns in [["a", "b"], ["f"], ["a"], ["c"], ["d"], ["e"], ["g"], ["a", "b", "c"]] {
                let sql = "INSERT INTO items (a, f) VALUES ('x', 'y') ON CONFLICT (\(columns.joined(separator: ", "))) DO UPDATE SET a = excluded.a"
                let isAccepted: Bool
                do throws(PostgresError) {
                    try session.query(sql)
                    isAccepted = true
                } catch {
                    #expect(["42P10", "55000"].contains(error.sqlState), "\(columns)")
                    isAccepted = false
                }
                #expect(isAccepted == table.hasUniqueKey(columns), "\(columns)")
            }
        }
    }

    @Test func `a table that is not there, or is a view, is none`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let session = try database.session()
            try session.runScript("CREATE VIEW seen AS SELECT 1 AS a;")
            #expect(try TableDefinition.load(session, "nowhere") == nil)
            #expect(try TableDefinition.load(session, "no.where") == nil)
            #expect(try TableDefinition.load(session, "seen") == nil)
            #expect(try TableDefinition.load(session, "x\"; DROP TABLE y; --") == nil)
        }
    }

    @Test(arguments: [
        "ALTER TABLE items ALTER COLUMN name TYPE text", "ALTER TABLE items ALTER COLUMN name TYPE varchar(51)", "ALTER TABLE items ADD COLUMN more text",
        "ALTER TABLE items ALTER COLUMN name SET NOT NULL", "ALTER TABLE items ALTER COLUMN name SET DEFAULT 'x'", "ALTER TABLE items DROP COLUMN name",
        "ALTER TABLE items RENAME COLUMN name TO title",
    ])
    func `the fingerprint changes with the definition, also within a transaction`(change: String) async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let session = try database.session()
            try session.runScript("CREATE TABLE items (id text PRIMARY KEY, name varchar(50));")
            let before = try #require(try TableDefinition.load(session, "items"))
            let sql = "SELECT \(TableDefinition.fingerprintSQL(of: "$1"))"
            let name = PostgresValue.text(try TableDefinition.quoted("items"))
            #expect(try session.query(sql, [name]).only().text(0) == before.fingerprint)
            try session.query("INSERT INTO items VALUES ('1', 'x')")
            try session.query("ANALYZE items")
            #expect(try session.query(sql, [name]).only().text(0) == before.fingerprint)
            try session.query("BEGIN")
            try session.query(change)
            #expect(try session.query(sql, [name]).only().text(0) != before.fingerprint)
            try session.query("ROLLBACK")
            #expect(try session.query(sql, [name]).only().text(0) == before.fingerprint)
            try session.query("DROP TABLE items")
            #expect(try session.query(sql, [name]).only().optionalText(0) == nil)
        }
    }
}
