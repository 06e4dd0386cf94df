import Books
import Foundation
import Postgres
import TestSupport
import Testing

/// The migrations of the shop's tables, on a real PostgreSQL, in an empty database and in one with the tables as they were found.
@Suite struct SquareMigrationTests {
    private func migrations() throws -> [Migration] {
        try Migration.load(.pipeline("square"), from: Repository.root.appending(path: "migrations"))
    }

    private func migrated(_ session: PostgresSession) throws {
        try Migrator(session).apply(try migrations(), of: .pipeline("square"))
    }

    private func undo(_ session: PostgresSession) throws { try Migrator(session).undo(99, of: try migrations(), in: .pipeline("square")) }

    private func one(_ session: PostgresSession, _ sql: String) throws -> Int64 { try session.query(sql).only().integer(0) }

    /// Every table, column, key, index and comment but those of the migrations' own list, as text.
    private func shape(_ session: PostgresSession) throws -> [String] {
        let sql = """
            SELECT format('%s.%s %s %s %s', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull, col_description(attrelid, attnum))
            FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
            WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped AND relname <> 'schema_migrations'
            UNION ALL
            SELECT format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace AND conname NOT LIKE 'schema_migrations%'
            UNION ALL
            SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'schema_migrations'
            ORDER BY 1
            """
        var lines: [String] = []
        for row in try session.query(sql) { lines.append(try row.text(0)) }
        return lines
    }

    @Test func `an empty database gets every table, with the columns the shop's programs know`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let session = try database.session()
            try migrated(session)
            // How many columns of each table are the shop's own.
            let columns = [
                "locations": 14, "catalog_categories": 7, "catalog_items": 19, "catalog_variations": 18, "catalog_vendor_info": 10,
                "catalog_location_availability": 6, "catalog_inventory": 7, "inventory_counts": 7, "vendors": 11, "orders": 14, "order_line_items": 20,
                "order_fulfillments": 10, "order_refunds": 7, "order_returns": 9, "payments": 34, "tenders": 14, "transactions": 3,
                "square_item_library_export": 80,
            ]
            for (table, count) in columns {
                let own = """
                    SELECT count(*) FROM pg_attribute WHERE attrelid = '\(table)'::regclass AND attnum > 0
                    AND coalesce(col_description(attrelid, attnum), '') NOT LIKE '%053_columns.'
                    """
                #expect(try one(session, own) == Int64(count), "\(table)")
            }
            let types = """
                SELECT count(*) FROM (VALUES
                    ('catalog_variations', 'price_money', 'jsonb'), ('catalog_variations', 'version', 'bigint'), ('catalog_items', 'square_version', 'bigint'),
                    ('catalog_items', 'updated_at', 'timestamp'), ('catalog_items', 'deleted_at', 'timestamptz'), ('orders', 'updated_at', 'timestamptz'),
                    ('order_line_items', 'quantity', 'numeric'), ('order_line_items', 'updated_at', 'timestamptz'), ('inventory_counts', 'quantity', 'numeric'),
                    ('catalog_inventory', 'quantity', 'numeric'), ('orders', 'synced_at', 'timestamptz'), ('payments', 'refund_ids', 'jsonb')
                ) AS list (t, c, type) JOIN pg_attribute ON attrelid = t::regclass AND attname = c AND atttypid = type::regtype
                """
            #expect(try one(session, types) == 12)
            #expect(try one(session, "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND convalidated") == 17)
            try undo(session)
            #expect(try shape(session) == [])
        }
    }

    @Test func `a uid may come in two orders, a place have several states, and no digit is lost`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let session = try database.session()
            try migrated(session)
            try session.runScript(
                """
                INSERT INTO locations (id) VALUES ('L1');
                INSERT INTO catalog_items (id) VALUES ('I1');
                INSERT INTO catalog_variations (id, item_id) VALUES ('V1', 'I1');
                INSERT INTO orders (id, location_id) VALUES ('O1', 'L1'), ('O2', 'L1');
                INSERT INTO order_line_items (order_id, uid, quantity, total_money) VALUES
                    ('O1', 'u', 0.75, '{"amount": 9007199254740993}'), ('O2', 'u', 12345678901234567890.12345, '{"amount": -1}');
                INSERT INTO catalog_inventory (variation_id, location_id, state, quantity) VALUES ('V1', 'L1', 'IN_STOCK', -2.5), ('V1', 'L1', 'WASTE', 1);
                INSERT INTO inventory_counts (catalog_object_id, location_id, state, calculated_at) VALUES
                    ('V1', 'L1', 'IN_STOCK', '2025-01-01'), ('V1', 'L1', 'IN_STOCK', '2025-01-02'), ('V1', 'L1', 'WASTE', '2025-01-02');
                """)
            #expect(try one(session, "SELECT (total_money->>'amount')::bigint FROM order_line_items WHERE order_id = 'O1'") == 9_007_199_254_740_993)
            #expect(try session.query("SELECT quantity::text FROM order_line_items WHERE order_id = 'O2'").only().text(0) == "12345678901234567890.12345")
            for (insert, code) in [
                ("order_line_items (order_id, uid) VALUES ('O1', 'u')", "23505"),
                ("catalog_inventory (variation_id, location_id, state) VALUES ('V1', 'L1', 'WASTE')", "23505"),
                ("order_line_items (order_id, uid) VALUES ('O3', 'u')", "23503"),
                ("catalog_location_availability (item_id, location_id) VALUES ('I1', 'L1'), ('I1', 'L1')", "23505"),
            ] {
                let refusal = #expect(throws: PostgresError.self) { try session.query("INSERT INTO \(insert)") }
                #expect(refusal?.sqlState == code, "\(insert)")
            }
        }
    }

    @Test func `the tables as they were found are cured, no row is lost, and the way back leads to where it began`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let session = try database.session()
            try session.runScript(squareTablesAsFound)
            let found = try shape(session)
            try migrated(session)
            let cured = try shape(session)
            for migration in try migrations() { try session.runScript(migration.up) }
            #expect(try shape(session) == cured)

            #expect(cured.contains { $0.hasSuffix("PRIMARY KEY (order_id, uid)") })
            #expect(cured.contains { $0.hasPrefix("order_line_items.variation_total_price_money jsonb") })
            for table in ["catalog_inventory", "inventory_counts", "order_line_items"] {
                #expect(cured.contains { $0.hasPrefix("\(table).quantity numeric") }, "\(table)")
            }
            #expect(try session.query("SELECT quantity::text FROM order_line_items").only().text(0) == "0.75")
            #expect(try session.query("SELECT quantity::text FROM inventory_counts").only().text(0) == "5.25")
            #expect(try one(session, "SELECT quantity FROM catalog_inventory") == 5)  // The newest; the others are kept aside.
            #expect(try one(session, "SELECT count(*) FROM catalog_inventory_duplicates") == 2)
            // The item without a category stays, and the next one without is refused.
            #expect(try one(session, "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND NOT convalidated") == 1)
            #expect(throws: PostgresError.self) { try session.query("INSERT INTO catalog_items (id, category_id) VALUES ('I2', 'gone too')") }

            try undo(session)
            #expect(try shape(session) == found)
            #expect(try one(session, "SELECT count(*) FROM catalog_inventory") == 3)
            #expect(try one(session, "SELECT sum(quantity) FROM catalog_inventory") == 12)
            #expect(try session.query("SELECT quantity FROM order_line_items").only().text(0) == "0.75")
        }
    }

    @Test(arguments: [
        ("INSERT INTO order_line_items (order_id, uid) VALUES ('O2', 'u1')", "23505"),
        ("INSERT INTO inventory_counts (catalog_object_id, location_id, state) VALUES ('V1', 'L1', 'WASTE')", "23505"),
        ("UPDATE catalog_inventory SET quantity = 0.5", "22003"),
    ])
    func `the way back stops where it would lose something`(change: String, code: String) async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let session = try database.session()
            try session.runScript(squareTablesAsFound)
            try migrated(session)
            try session.query(change)
            let refusal = #expect(throws: PostgresError.self) { try undo(session) }
            #expect(refusal?.sqlState == code)
            #expect(try one(session, "SELECT count(*) FROM order_line_items") == (change.contains("line_items") ? 2 : 1))
            #expect(try one(session, "SELECT count(*) FROM inventory_counts") == (change.contains("WASTE") ? 2 : 1))
        }
    }

    @Test func `vendors of another business stay what they are, and Square's stand beside them`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let session = try database.session()
            try session.runScript("CREATE TABLE vendors (handle text PRIMARY KEY, name text);")
            let found = try shape(session)
            try migrated(session)
            let shape = try shape(session)
            #expect(shape.filter { $0.hasPrefix("vendors.") } == found.filter { $0.hasPrefix("vendors.") })
            #expect(shape.contains { $0.hasPrefix("square_vendors.account_number text") })
            #expect(shape.contains { $0.hasPrefix("square_vendors.square_version bigint") })
            try undo(session)
            #expect(try self.shape(session) == found)
        }
    }
}
