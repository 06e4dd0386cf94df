import JSONText
import Postgres
import Records
import TestSupport
import Testing

@testable import Loader

extension OnRealParts {
    /// What the books say of rows that landed and of rows that did not, for rows invented from seeds.
    @Suite struct BooksPropertyTests {
        private func logged(_ invented: InventedRows, _ columns: String) throws -> [String: [String?]] {
            let width = columns.split(separator: ",").count
            var lines: [String: [String?]] = [:]
            for row in try invented.stage.database.session().query(
                "SELECT record_key, \(columns) FROM sync_error_log WHERE run = $1", [.integer(invented.run)])
            {
                lines[try row.text(0)] = (1...width).map { row.optionalText($0) }
            }
            return lines
        }

        private func misfits(_ invented: InventedRows) -> Set<KeyBytes> { Set(invented.misfits.map { KeyBytes(RecordKey(values: [$0]).text) }) }

        @Test("B4: a row synced with success has an entry with its key and time", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
        func landedRowHasEntry(seed: UInt64) async throws {
            let invented = try await InventedRows(seed: seed, mayMisfit: true)
            try await invented.sync()
            let misfits = misfits(invented)
            var entries: [KeyBytes: (hash: Int64?, isNow: Bool, sequence: Int64)] = [:]
            for row in try invented.stage.database.session().query(
                "SELECT key, hash, synced_at > now() - interval '10 minutes', sequence FROM sync_rows WHERE run = $1", [.integer(invented.run)])
            {
                entries[KeyBytes(try row.text(0))] = (try row.optionalInteger(1), try row.boolean(2), try row.integer(3))
            }
            for change in invented.changes {
                let entry = try #require(entries[KeyBytes(change.recordKey.text)], "seed \(seed)")
                let landed = !misfits.contains(KeyBytes(change.recordKey.text))
                #expect(entry.hash == (landed ? change.hash?.signed : nil), "seed \(seed)")
                #expect(entry.sequence == (landed ? change.sequence.rawValue : 0), "seed \(seed)")
                #expect(entry.isNow)
            }
        }

        @Test("B5: a row that failed has a line in the error log, and no other has", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
        func failedRowHasLine(seed: UInt64) async throws {
            let invented = try await InventedRows(seed: seed, mayMisfit: true)
            try await invented.sync()
            #expect(Set(try logged(invented, "id").keys.map { KeyBytes($0) }) == misfits(invented), "seed \(seed)")
            let counted = try invented.stage.tallies(run: invented.run)
            #expect(counted["failed", default: 0] == invented.misfits.count, "seed \(seed)")
            #expect(counted.values.reduce(0, +) == invented.changes.count, "seed \(seed)")
        }

        @Test("B6: a line of the error log has key, row number, message, type and time", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
        func lineIsWhole(seed: UInt64) async throws {
            let invented = try await InventedRows(seed: seed, mayMisfit: true)
            try await invented.sync()
            let lines = try logged(invented, "row_number, error_type, message, created_at > now() - interval '10 minutes', column_name")
            for change in invented.changes where misfits(invented).contains(KeyBytes(change.recordKey.text)) {
                let line = try #require(lines[change.recordKey.text], "seed \(seed)")
                #expect(line[0] == change.origin.row.map { "\($0)" }, "seed \(seed)")
                #expect(["field_length", "data_type"].contains(line[1]), "seed \(seed)")
                #expect(line[2]?.contains("buyers.\(line[4] ?? "?")") == true, "seed \(seed)")
                #expect(line[3] == "t")
            }
        }
    }
}
