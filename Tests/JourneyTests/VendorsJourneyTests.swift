import Foundation
import Postgres
import Records
import TestSupport
import Testing

/// The vendors' pipeline as shipped, from a warehouse through extractor, Kafka and loader as processes into their table.
@Suite(.serialized, .timeLimit(.minutes(10))) struct VendorsJourneyTests {
    private let small = VendorsWarehouse(vendors: 60, signUps: 60, orders: 40, ratings: 80)

    private func expected(_ warehouse: VendorsWarehouse, without part: VendorsWarehouse.Part? = nil, before: [String: [String?]] = [:]) -> [String: [String?]] {
        var rows: [String: [String?]] = [:]
        for vendor in 0..<warehouse.vendors {
            let handle = warehouse.handle(vendor)
            rows[handle] = warehouse.row(vendor, without: part, before: before[handle])
        }
        return rows
    }

    @Test func `every vendor arrives with all that any part says of it, and what the database keeps for itself stays`() async throws {
        try await VendorsWorld.with(small) { world in
            let first = try await world.sync()
            #expect(first.code == 0 && first.run["outcome"] as? String == "complete", "\(first.report)")
            #expect(try world.table() == expected(small))
            let parts = first.run["parts"] as? [[String: Any]] ?? []
            #expect(parts.map { $0["part"] as? String } == ["vendors", "sign_up", "orders", "ratings"])
            #expect(parts.map { $0["rows"] as? Int } == [60, 60, 40, 80] && parts.map { $0["matched"] as? Int } == [60, 60, 40, 60])
            #expect(parts.map { $0["without_base"] as? Int } == [0, 0, 0, 20] && parts[1]["lacking"] as? [String] == ["name"])
            // A ciphertext is no address: it is kept, and counted.
            #expect(try world.number("SELECT kept FROM run_fields WHERE field = 'email'") == 40)

            try world.database.session().runScript("UPDATE vendors SET kam = 'Jo', region = 'UK'")
            let second = try await world.sync()
            #expect(second.run["unchanged"] as? Int == 60 && second.run["upserts"] as? Int == 0)
            let edited = small.at(version: 2)
            world.google.edit { $0 = edited.tables() }
            let third = try await world.sync()
            #expect(third.run["updated"] as? Int == 60)
            #expect(try world.table() == expected(edited))
            #expect(try world.number("SELECT count(*) FROM vendors WHERE kam = 'Jo' AND region = 'UK'") == 60)
            #expect(try world.number("SELECT count(*) FROM run_books WHERE NOT balanced") == 0)
        }
    }

    @Test(arguments: [VendorsWarehouse.Part.signUp, .orders, .ratings])
    func `a part that fails erases nothing, deletes nothing and is named, and the next run makes good`(part: VendorsWarehouse.Part) async throws {
        try await VendorsWorld.with(small) { world in
            #expect(try await world.sync().code == 0)
            let before = try world.table()
            // Everything changes, the last vendor goes, two new ones come: one has a name of its own, the other's is in its sign-up.
            let later = VendorsWarehouse(vendors: 62, signUps: 62, orders: 42, ratings: 80).at(version: 2)
            world.google.edit { $0 = later.tables() }
            world.google.edit { tables in tables[0].rows.removeAll { $0[0] == "vendor-59" } }
            let table = try #require(VendorsWarehouse.table[part])
            world.google.fail(.denied(table), table: table, times: .max)

            let partial = try await world.sync()
            #expect(partial.code == 4 && partial.run["outcome"] as? String == "partial")
            let summary = partial.report["summary"] as? String ?? ""
            #expect(
                summary.contains("Part \(part.rawValue) could not be read: ") && summary.contains("accessDenied") && summary.contains("nothing is deleted"))
            var rows = expected(later, without: part, before: before)
            rows["vendor-59"] = before["vendor-59"]
            #expect(try world.table() == rows)
            // vendor-60 has no shop name: without sign-ups it can't be made, and says so.
            let isNameless = part == .signUp
            #expect(rows["vendor-60"] == nil ? isNameless : !isNameless)
            #expect(partial.run["rejected"] as? Int == (isNameless ? 1 : 0))
            #expect(
                try world.number("SELECT count(*) FROM sync_error_log WHERE error_code = 'part_unread' AND record_key = 'vendor-60'") == (isNameless ? 1 : 0))
            #expect(try await world.partAlerts().map(\.fingerprint) == ["vendors.part_unread.\(part.rawValue)"])
            #expect(try await world.sync().run["upserts"] as? Int == 0, "what a partial run settled is not sent again while the part is away")

            world.google.heal()
            let healed = try await world.sync()
            #expect(healed.code == 0 && healed.run["outcome"] as? String == "complete" && healed.run["deleted"] as? Int == 1, "\(healed.report)")
            var whole = expected(later)
            whole["vendor-59"] = nil
            #expect(try world.table() == whole)
            #expect(try await world.partAlerts().map(\.isResolved) == [false, false, true])
            #expect(try world.number("SELECT count(*) FROM run_books WHERE NOT balanced") == 0)
        }
    }

    @Test func `the base failing ends the run, and nothing is touched`() async throws {
        try await VendorsWorld.with(small) { world in
            #expect(try await world.sync().code == 0)
            let before = try world.table()
            let table = "aurora_postgres_public.vendors"
            world.google.fail(.denied(table), table: table, times: .max)
            let failed = try await world.sync()
            let status = try world.database.session().query("SELECT status FROM sync_runs ORDER BY run DESC LIMIT 1").only().text(0)
            #expect(failed.code == 3 && status == "failed")
            #expect(try world.table() == before)
        }
    }

    @Test func `handles that are blank, null or twice are refused with their reason, and the others land`() async throws {
        try await VendorsWorld.with(small) { world in
            world.google.edit { tables in
                tables[0].rows[0][0] = .null
                tables[0].rows[1][0] = "  "
                tables[0].rows[3][0] = tables[0].rows[2][0]
                tables[1].rows.removeAll { $0[0] == "vendor-5" }  // Its only name.
            }
            let run = try await world.sync()
            #expect(run.code == 4 && run.run["outcome"] as? String == "complete_with_exceptions")
            #expect(run.run["rejected"] as? Int == 3 && run.run["duplicate"] as? Int == 2 && run.run["inserted"] as? Int == 55)
            let table = try world.table()
            #expect(table.count == 55 && table["vendor-2"] == nil && table["vendor-5"] == nil && table["vendor-4"] == small.row(4))
            let reasons = try world.database.session().query("SELECT error_code || ' ' || coalesce(column_name, '') FROM sync_error_log ORDER BY 1").map {
                try $0.text(0)
            }
            #expect(Set(reasons) == ["duplicate_key ", "key_blank handle", "required name"])
            #expect(try world.number("SELECT count(*) FROM run_books WHERE NOT balanced") == 0)
        }
    }

    @Test func `a key of which a part says two things keeps what it had, and the run is no less complete for it`() async throws {
        try await VendorsWorld.with(small) { world in
            #expect(try await world.sync().code == 0)
            let before = try world.table(), later = small.at(version: 2)
            world.google.edit { tables in
                tables = later.tables()
                tables[2].rows.append([tables[2].rows[7][0], "1", "1", "elsewhere"])
                tables[0].rows.removeLast()
            }
            let run = try await world.sync()
            #expect(run.code == 4 && run.run["outcome"] as? String == "complete_with_exceptions" && run.run["deleted"] as? Int == 1)
            #expect((run.report["summary"] as? String)?.contains("In part orders 1 key stands in several rows that differ") == true)
            var rows = expected(later)
            rows["vendor-7"] = later.row(7, without: .orders, before: before["vendor-7"])
            rows["vendor-59"] = nil
            #expect(try world.table() == rows)
        }
    }

    @Test func `check says how many requests a sync needs, what the parts lack and which cannot be read`() async throws {
        try await VendorsWorld.with(small) { world in
            let table = "fleek_hub.order_line_details"
            world.google.fail(.denied(table), on: .describe, table: table, times: .max)
            let process = try world.start("extractor", ["check", "vendors"])
            #expect(try await process.wait(within: .seconds(60)) == .exited(4))
            let lines = process.output
            #expect(lines.contains("this sync needs about 8 requests, 1 minute"))
            #expect(lines.contains("Part sign_up has no column name; what else feeds the same fields is taken"))
            #expect(lines.contains("warn  Part orders could not be read: ") && lines.contains("accessDenied"))
            #expect(lines.contains("left open 60") && lines.contains("vendors.shop_name, sign_up.first_name + sign_up.last_name"))
            #expect(world.google.queries.count == 3)
        }
    }
}
