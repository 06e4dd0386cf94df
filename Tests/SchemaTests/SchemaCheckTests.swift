import Mapping
import Pipelines
import Schema
import Testing

/// What the check says about a table; each finding is told by one sentence a person can act on.
@Suite struct SchemaCheckTests {
    private let id = ColumnDefinition(name: "id", typeName: "text", baseType: "text", isNullable: false)
    private let synced = ["synced_at", "db_updated_at"].map { ColumnDefinition(name: $0, typeName: "timestamp with time zone", baseType: "timestamptz") }

    private func table(_ columns: ColumnDefinition..., keys: [[String]] = [["id"]]) -> TableDefinition {
        TableDefinition(schema: "public", name: "items", columns: [id] + columns + synced, uniqueKeys: keys, fingerprint: "f")
    }
    private func text(_ name: String, _ length: Int? = nil, nullable: Bool = true) -> ColumnDefinition {
        ColumnDefinition(
            name: name, typeName: length.map { "character varying(\($0))" } ?? "text", baseType: length == nil ? "text" : "varchar", lengthMax: length,
            isNullable: nullable)
    }

    @Test func `a table that fits has no findings`() {
        #expect(SchemaCheck.findings(stream([column("name")]), table: table(text("name"))) == [])
    }

    @Test func `a missing table stops, and the cure makes it`() throws {
        let found = SchemaCheck.findings(stream([column("name"), column("due", .date)], deletes: .soft(column: "deleted_at")), table: nil)
        #expect(found.map(\.severity) == [.stop])
        let sql = try #require(found.first?.cure.description)
        #expect(sql.contains("CREATE TABLE \"items\"") && sql.contains("\"due\" date") && sql.contains("\"deleted_at\" timestamptz"))
        #expect(sql.contains("PRIMARY KEY (\"id\")"))
    }

    @Test func `a missing column stops and names the nearest`() {
        let found = SchemaCheck.findings(stream([column("nmae")]), table: table(text("name")))
        #expect(found.map(\.severity) == [.stop])
        #expect(found.first?.problem == "items has no column nmae; nearest: name")
        #expect(found.first?.cure == .sql("ALTER TABLE \"items\" ADD COLUMN \"nmae\" text;"))
        #expect(found.first?.description.hasPrefix("a.yaml:7:3: ") == true)
    }

    @Test func `a table without a unique index over the key stops before PostgreSQL says 42P10`() {
        let found = SchemaCheck.findings(stream(key: ["id", "part"], []), table: table(text("part"), keys: [["id"]]))
        #expect(found.map(\.severity) == [.stop])
        #expect(found.first?.problem.contains("no unique index over exactly (id, part)") == true)
        #expect(found.first?.cure == .sql("ALTER TABLE \"items\" ADD UNIQUE (\"id\", \"part\");"))
    }

    @Test func `a narrow column warns with figures and the migration that is there`() throws {
        let remark = column("remark")
        let texts = [String(repeating: "長", count: 812), String(repeating: "a", count: 51), String(repeating: "🙂", count: 50), "short", nil]
        let migrations = MigrationFiles([
            "migrations/items/040_other.up.sql": "ALTER TABLE items ALTER COLUMN remarks TYPE text;",
            "migrations/items/050_text.up.sql": "-- Wide.\nALTER TABLE items ALTER COLUMN remark TYPE text;",
            "migrations/items/060_later.up.sql": "ALTER TABLE items ALTER COLUMN remark TYPE text;",
        ])
        let found = SchemaCheck.findings(
            stream([remark]), table: table(text("remark", 50)), tallies: try tallies(of: texts, as: remark, limit: 50), migrations: migrations)
        #expect(found.map(\.severity) == [.warn])
        #expect(found.first?.problem == "items.remark is varchar(50), longest 812: 2 rows will wait")
        #expect(found.first?.cure == .migration("migrations/items/050_text.up.sql"))
        #expect(found.first?.column == "remark")
    }

    @Test func `a narrow column that still fits is noted`() throws {
        let found = SchemaCheck.findings(stream([column("remark")]), table: table(text("remark", 50)), tallies: try tallies(of: ["x"], as: column("remark")))
        #expect(found.map(\.severity) == [.note])
        #expect(found.first?.cure == .sql("ALTER TABLE \"items\" ALTER COLUMN \"remark\" TYPE text;"))
    }

    @Test func `a column that refuses nothing-there warns with how many rows wait`() throws {
        let name = column("name")
        let full = column("name", fallback: "unnamed")
        let notNull = table(text("name", nullable: false))
        let found = SchemaCheck.findings(stream([name]), table: notNull, tallies: try tallies(of: ["a", nil, "  "], as: name))
        #expect(found.map(\.severity) == [.warn])
        #expect(found.first?.problem == "items.name is NOT NULL, and 2 rows have nothing there, so they wait")
        #expect(SchemaCheck.findings(stream([full]), table: notNull, tallies: try tallies(of: ["a", nil], as: full)) == [])
    }

    @Test func `a required column warns of nothing: its blank rows wait for their source already`() throws {
        let name = column("name", required: true)
        let notNull = table(text("name", nullable: false))
        #expect(SchemaCheck.findings(stream([name]), table: notNull, tallies: try tallies(of: ["a", nil], as: name)) == [])
    }

    @Test func `a default its own column refuses stops before the first blank cell meets it`() {
        let count = ColumnDefinition(name: "n", typeName: "integer", baseType: "int4")
        let found = SchemaCheck.findings(stream([column("n", .integer, fallback: "many")]), table: table(count))
        #expect(found.map(\.severity) == [.stop])
        #expect(found.first?.problem.hasPrefix("the `default` of n is no integer: expected a number") == true)
        #expect(SchemaCheck.findings(stream([column("n", .integer, fallback: "５千")]), table: table(count)) == [])
    }

    @Test func `a number with more digits than its column warns`() throws {
        let price = column("price", .decimal)
        let narrow = ColumnDefinition(name: "price", typeName: "numeric(6,2)", baseType: "numeric", precision: 6, scale: 2)
        let found = SchemaCheck.findings(stream([price]), table: table(narrow), tallies: try tallies(of: ["12345.5", "1"], as: price))
        #expect(found.map(\.severity) == [.warn])
        #expect(found.first?.problem.contains("holds 4 digits before the point; the longest number has 5") == true)
        #expect(SchemaCheck.findings(stream([price]), table: table(narrow), tallies: try tallies(of: ["1234.5"], as: price)) == [])
    }

    @Test func `a column that nobody fills and that must be filled stops`() {
        let found = SchemaCheck.findings(stream([]), table: table(text("owner", nullable: false)))
        #expect(found.map(\.severity) == [.stop])
        #expect(found.first?.problem == "items.owner is NOT NULL without a default, and no line of `columns` fills it")
    }

    @Test func `a computed column can't be mapped`() {
        let twice = ColumnDefinition(name: "twice", typeName: "text", baseType: "text", hasDefault: true, isGenerated: true)
        #expect(SchemaCheck.findings(stream([column("twice")]), table: table(twice)).map(\.severity) == [.stop])
    }

    @Test func `a soft delete needs a timestamptz that can be empty`() {
        let soft = stream([], deletes: .soft(column: "deleted_at"))
        #expect(SchemaCheck.findings(soft, table: table()).first?.problem == "items has no column deleted_at, which `deletes` sets")
        let wrong = [
            ColumnDefinition(name: "deleted_at", typeName: "boolean", baseType: "bool"),
            ColumnDefinition(name: "deleted_at", typeName: "timestamp with time zone", baseType: "timestamptz", isNullable: false, hasDefault: true),
        ]
        for column in wrong { #expect(SchemaCheck.findings(soft, table: table(column)).map(\.severity) == [.stop]) }
        let right = ColumnDefinition(name: "deleted_at", typeName: "timestamp with time zone", baseType: "timestamptz")
        #expect(SchemaCheck.findings(soft, table: table(right)) == [])
    }

    @Test func `a table that can't say when it was synced is noted with its migration`() {
        let bare = TableDefinition(schema: "public", name: "items", columns: [id], uniqueKeys: [["id"]], fingerprint: "f")
        let migrations = MigrationFiles(["migrations/items/051_synced.up.sql": "ALTER TABLE items ADD COLUMN IF NOT EXISTS synced_at timestamptz;"])
        let found = SchemaCheck.findings(stream([]), table: bare, migrations: migrations)
        #expect(found.map(\.severity) == [.note, .note])
        #expect(
            found.map(\.cure) == [.migration("migrations/items/051_synced.up.sql"), .sql("ALTER TABLE \"items\" ADD COLUMN \"db_updated_at\" timestamptz;")])
    }

    @Test(arguments: [
        ("int4", FieldType.text), ("timestamptz", .text), ("bool", .text), ("numeric", .text), ("jsonb", .text), ("date", .timestamp), ("int8", .decimal),
        ("date", .time), ("bool", .integer), ("time", .timestamp), ("json", .date),
    ])
    func `a type the column would refuse or cut stops, and says what it takes`(baseType: String, type: FieldType) {
        let odd = ColumnDefinition(name: "odd", typeName: baseType, baseType: baseType)
        let found = SchemaCheck.findings(stream([column("odd", type)]), table: table(odd))
        #expect(found.map(\.severity) == [.stop])
        #expect(found.first?.problem.hasSuffix("it is mapped as \(type.rawValue)") == true)
    }

    @Test(arguments: [
        ("text", FieldType.date), ("varchar", .time), ("numeric", .integer), ("timestamptz", .date), ("timestamp", .timestamp), ("int2", .integer),
        ("jsonb", .json), ("mood", .text), ("uuid", .text), ("float8", .decimal), ("bool", .boolean),
    ])
    func `a type the column takes whole is fine`(baseType: String, type: FieldType) {
        let odd = ColumnDefinition(name: "odd", typeName: baseType, baseType: baseType)
        #expect(SchemaCheck.findings(stream([column("odd", type)]), table: table(odd)) == [])
    }
}
