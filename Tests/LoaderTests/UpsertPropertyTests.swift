import JSONText
import Postgres
import Records
import TestSupport
import Testing

@testable import Loader

extension OnRealParts {
    /// What an upsert does to the table, for rows invented from seeds.
    @Suite struct UpsertPropertyTests {
        @Test("B17: the stream's key is what the upsert matches on, byte by byte", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
        func keyIsMatched(seed: UInt64) async throws {
            let invented = try await InventedRows(seed: seed)
            try await invented.sync()
            let rows = try invented.rows("name, id")
            #expect(rows.count == invented.changes.count, "seed \(seed)")
            for change in invented.changes {
                let key = change.key["buyer_number"]?.keyText ?? ""
                #expect(rows[key]?[0] == change.fields["name"]?.keyText, "seed \(seed), key \(key)")
            }
        }

        @Test("B18: a row that exists is updated, never doubled", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
        func existingRowIsUpdated(seed: UInt64) async throws {
            let invented = try await InventedRows(seed: seed)
            try await invented.sync()
            let ids = try invented.rows("id")
            // The whole run comes again, as after a topic made anew: nothing is doubled and nothing counted twice.
            try await invented.stage.send(invented.changes)
            try await invented.stage.settled()
            #expect(try invented.rows("id") == ids, "seed \(seed)")
            let counted = try invented.stage.tallies(run: invented.run)
            #expect(counted["inserted", default: 0] == invented.changes.count - invented.present.count, "seed \(seed)")
            #expect(counted["updated", default: 0] == invented.present.count, "seed \(seed)")
            #expect(counted.values.reduce(0, +) == invented.changes.count, "seed \(seed)")
        }

        @Test("B19: an update leaves created_at as it was", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
        func createdAtStays(seed: UInt64) async throws {
            let invented = try await InventedRows(seed: seed)
            try await invented.sync()
            for (key, row) in try invented.rows("created_at = '2020-01-01T00:00:00Z', created_at > now() - interval '10 minutes'") {
                let wasPresent = invented.present.contains { KeyBytes($0) == KeyBytes(key) }
                #expect(row == (wasPresent ? ["t", "f"] : ["f", "t"]), "seed \(seed), key \(key)")
            }
        }

        @Test(
            "B20: a sync sets synced_at and db_updated_at to the current time, of rows new and old", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>
        )
        func timesAreSet(seed: UInt64) async throws {
            let invented = try await InventedRows(seed: seed)
            let before = try invented.stage.text("SELECT clock_timestamp()") ?? ""
            try await invented.sync()
            let rows = try invented.rows("synced_at = db_updated_at, synced_at BETWEEN '\(before)' AND clock_timestamp()")
            #expect(rows.count == invented.changes.count)
            for (key, row) in rows { #expect(row == ["t", "t"], "seed \(seed), key \(key)") }
        }

        @Test("F2: after a sync the table is equal to the source in the mapped fields", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
        func tableEqualsSource(seed: UInt64) async throws {
            let invented = try await InventedRows(seed: seed)
            try await invented.sync()
            // How PostgreSQL, told the source's zone, writes what was sent; a session of the test sees times in UTC.
            let written = [
                "name": "$1", "status": "$1", "call_date": "$1::date", "seen_at": "($1::timestamptz AT TIME ZONE 'UTC')::text || '+00'",
                "budget": "$1::integer",
                "price": "$1::numeric(8,2)", "done": "$1::boolean", "note": "$1",
            ]
            let columns = written.keys.sorted()
            let rows = try invented.rows(columns.joined(separator: ", "))
            let session = try invented.stage.database.session()
            try session.query("SELECT set_config('TimeZone', 'Asia/Tokyo', false)")
            for change in invented.changes {
                let key = change.key["buyer_number"]?.keyText ?? ""
                let wasPresent = invented.present.contains { KeyBytes($0) == KeyBytes(key) }
                for (index, column) in columns.enumerated() {
                    // A blank leaves what people had typed.
                    var wanted = column == "note" && wasPresent ? "typed by hand" : nil
                    if let value = change.fields[column], value != .null {
                        wanted = try session.query("SELECT \(written[column] ?? "")", [.text(value.keyText)]).only().optionalText(0)
                    }
                    #expect(rows[key]?[index] == wanted, "seed \(seed), key \(key), column \(column)")
                }
            }
        }
    }
}
