import Postgres

extension TableDefinition {
    /// Reads a table's definition; pg_catalog rather than information_schema, because that one shows a role only what it may use.
    ///
    /// - Parameter table: `buyers`, or `sales.buyers` with its schema; without one the search path decides, as it will for the loader.
    /// - Returns: nil when there is no such table.
    public static func load(_ session: PostgresSession, _ table: String) throws(PostgresError) -> TableDefinition? {
        let name = try quoted(table)
        guard let found = try session.query(tableSQL, [.text(name)]).first else { return nil }
        var columns: [ColumnDefinition] = []
        for row in try session.query(columnSQL, [.text(name)]) { columns.append(try ColumnDefinition(row)) }
        var keys: [(index: Int64, columns: [String])] = []
        for row in try session.query(keySQL, [.text(name)]) {
            let index = try row.integer(0)
            if keys.last?.index != index { keys.append((index, [])) }
            keys[keys.count - 1].columns.append(try row.text(1))
        }
        return TableDefinition(
            schema: try found.text(0), name: try found.text(1), columns: columns, uniqueKeys: keys.map(\.columns), fingerprint: try found.text(2))
    }

    /// A table's name for SQL text and for `to_regclass`: each part in quotes.
    public static func quoted(_ table: String) throws(PostgresError) -> String {
        var parts: [String] = []
        for part in table.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false) { parts.append(try Identifier(String(part)).quoted) }
        return parts.joined(separator: ".")
    }

    /// An expression that gives `fingerprint` anew, for a comparison within a transaction; NULL when the table is gone.
    ///
    /// - Parameter table: SQL text that gives the quoted name: a parameter (`$1`) or a literal.
    public static func fingerprintSQL(of table: String) -> String {
        """
        (SELECT md5(string_agg(concat_ws(' ', quote_ident(attname), atttypid, atttypmod, attnotnull, atthasdef, attidentity, attgenerated), ',' \
        ORDER BY attnum)) FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass(\(table)) AND attnum > 0 AND NOT attisdropped)
        """
    }

    /// Tables, partitioned ones, and foreign tables; a view has no unique index to upsert by.
    private static let tableSQL = """
        SELECT n.nspname, c.relname, coalesce(\(fingerprintSQL(of: "$1")), '')
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.oid = to_regclass($1) AND c.relkind IN ('r', 'p', 'f')
        """

    /// A domain's width is its own `typtypmod`; the low 16 bits of numeric's modifier, less 4, hold the scale.
    private static let columnSQL = """
        SELECT a.attname, format_type(a.atttypid, a.atttypmod), b.typname, a.atttypid::bigint,
               CASE WHEN b.typname IN ('varchar', 'bpchar') AND m.modifier >= 4 THEN m.modifier - 4 END,
               CASE WHEN b.typname = 'numeric' AND m.modifier >= 4 THEN (m.modifier - 4) >> 16 & 65535 END,
               CASE WHEN b.typname = 'numeric' AND m.modifier >= 4 THEN (m.modifier - 4) & 2047 END,
               NOT (a.attnotnull OR t.typnotnull), a.atthasdef OR a.attidentity <> '' OR t.typdefault IS NOT NULL, a.attgenerated <> ''
        FROM pg_catalog.pg_attribute a
        JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
        JOIN pg_catalog.pg_type b ON b.oid = CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END
        CROSS JOIN LATERAL (SELECT CASE t.typtype WHEN 'd' THEN t.typtypmod ELSE a.atttypmod END AS modifier) m
        WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped
        ORDER BY a.attnum
        """

    /// What `ON CONFLICT (columns)` may infer: https://www.postgresql.org/docs/15/sql-insert.html#SQL-ON-CONFLICT
    private static let keySQL = """
        SELECT i.indexrelid::bigint, a.attname
        FROM pg_catalog.pg_index i
        CROSS JOIN LATERAL unnest(i.indkey[0:i.indnkeyatts - 1]) WITH ORDINALITY AS k (attnum, place)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
        WHERE i.indrelid = to_regclass($1) AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL
        ORDER BY i.indisprimary DESC, i.indexrelid, k.place
        """
}

extension ColumnDefinition {
    fileprivate init(_ row: PostgresRow) throws(PostgresError) {
        self.init(
            name: try row.text(0), typeName: try row.text(1), baseType: try row.text(2), typeOID: UInt32(truncatingIfNeeded: try row.integer(3)),
            lengthMax: try row.optionalInteger(4).map(Int.init), precision: try row.optionalInteger(5).map(Int.init),
            scale: try row.optionalInteger(6).map(Int.init), isNullable: try row.boolean(7), hasDefault: try row.boolean(8),
            isGenerated: try row.boolean(9))
    }
}
