import JSONText
import Kafka
import Pipelines
import Postgres
import Records
import TestSupport
import Testing
import Topics

@testable import Loader

extension OnRealParts {
    /// What lands, and how it is counted: on a real broker and a real database.
    @Suite struct LoadingTests {
        @Test func `rows land whole, typed and stamped, and each is counted once`() async throws {
            try await Stage.with { stage in
                let run = try stage.begin(run: 1)
                let full: JSONObject = [
                    "name": "山田", "status": "open", "call_date": "2026-11-30", "seen_at": "2026-11-30", "budget": .number("2380"), "price": .number("12.50"),
                    "done": true, "note": "two\nlines",
                ]
                try await stage.load([stage.row("6666", full, run: run, ordinal: 1), stage.row("7", run: run, ordinal: 2)])
                let session = try stage.database.session()
                let row = try session.query(
                    """
                    SELECT name, status, call_date, seen_at = '2026-11-29T15:00:00Z', budget, price, done, note, synced_at = db_updated_at,
                        synced_at > now() - interval '1 minute' FROM buyers WHERE buyer_number = '6666'
                    """
                ).only()
                let values = (0..<10).map { row.optionalText($0) }
                // A date becomes a timestamptz at midnight of the source's zone, Asia/Tokyo.
                #expect(values == ["山田", "open", "2026-11-30", "t", "2380", "12.50", "t", "two\nlines", "t", "t"])
                #expect(try stage.tallies(run: run) == ["inserted": 2])
                #expect(try stage.number("SELECT count(*) FROM buyers WHERE status IS NULL AND note IS NULL") == 1)
            }
        }

        @Test func `a blank clears only what the source once held, and what people typed stays`() async throws {
            try await Stage.with { stage in
                try stage.begin(run: 1)
                try await stage.load([stage.row("1", ["status": "from source"], run: 1, ordinal: 1)])
                try stage.database.session().runScript("UPDATE buyers SET note = 'typed by hand', local_note = 'not mapped'")
                try stage.begin(run: 2)
                try await stage.load([stage.row("1", run: 2, ordinal: 1)])
                #expect(try stage.rows("SELECT status, note, local_note FROM buyers") == [["∅", "typed by hand", "not mapped"]])
                // The blank was applied, so the bit has fallen: what is typed now survives the next blank.
                try stage.database.session().runScript("UPDATE buyers SET status = 'typed too'")
                try stage.begin(run: 3)
                try await stage.load([stage.row("1", ["name": "other"], run: 3, ordinal: 1)])
                #expect(try stage.rows("SELECT name, status, note FROM buyers") == [["other", "typed too", "typed by hand"]])
                #expect(try stage.tallies(run: 2) == ["updated": 1])
            }
        }

        @Test func `a blank in a column that never had one before keeps what people typed there`() async throws {
            try await Stage.with { stage in
                // Each batch of ten brings a blank in a column more, so each needs another statement than the one before.
                let blankable = ["status", "call_date", "seen_at", "budget", "price", "done", "note"]
                let full: JSONObject = [
                    "name": "n", "status": "s", "call_date": "2026-01-02", "seen_at": "2026-01-02", "budget": .number("1"), "price": .number("1.5"),
                    "done": true,
                    "note": "n",
                ]
                try stage.begin(run: 1)
                var changes = (1...10).map { stage.row("full \($0)", full, run: 1, ordinal: UInt32($0)) }
                let session = try stage.database.session()
                for (place, column) in blankable.enumerated() {
                    var fields = full
                    fields[column] = .null
                    for row in 1...10 {
                        try session.query(
                            """
                            INSERT INTO buyers (buyer_number, name, status, call_date, seen_at, budget, price, done, note)
                            VALUES ($1, 'typed', 'typed', '2020-02-02', '2020-02-02', 20, 20, true, 'typed')
                            """, [.text("\(column) \(row)")])
                        changes.append(stage.row("\(column) \(row)", fields, run: 1, ordinal: UInt32((place + 1) * 10 + row)))
                    }
                }
                try await stage.load(changes, ["ROLLCALL_LOADER_BATCH_ROWS": "10"])
                #expect(try stage.tallies(run: 1) == ["inserted": 10, "updated": 70])
                let kept = try blankable.map { column in
                    let typed = ["status": "'typed'", "note": "'typed'", "budget": "20", "price": "20", "done": "true"][column] ?? "'2020-02-02'"
                    return try stage.number("SELECT count(*) FROM buyers WHERE buyer_number LIKE '\(column) %' AND \(column) = \(typed) AND name = 'n'")
                }
                #expect(kept == [10, 10, 10, 10, 10, 10, 10])
            }
        }

        @Test func `the topic outcomes tells every change that was applied, once and in order`() async throws {
            try await Stage.with { stage in
                try stage.begin(run: 1)
                let outcomes = { try await stage.records(of: stage.names.outcomes).map { try OutcomeRecord(parsing: $0.value ?? []) } }
                try await stage.loading(["ROLLCALL_LOADER_BATCH_ROWS": "10"]) {
                    var ordinal: UInt32 = 0
                    // A loader that has just begun may not know the topic yet.
                    try await eventually("outcomes are told") {
                        ordinal += 1
                        try await stage.send([stage.row("\(ordinal)", run: 1, ordinal: ordinal)])
                        try await stage.settled()
                        return try await !outcomes().isEmpty
                    }
                    try await stage.send((1...95).map { stage.row("\(ordinal + $0)", run: 1, ordinal: ordinal + $0) })
                    try await stage.settled()
                    let end = try stage.next()
                    try await eventually("the last change is told") { try await outcomes().last?.nextOffset == end }
                }
                let told = try await outcomes()
                #expect(zip(told, told.dropFirst()).allSatisfy { $0.nextOffset == $1.fromOffset })
                let counted = told.flatMap(\.shares).reduce(0) { $0 + $1.tallies.inserted }
                #expect(counted == (told.last?.nextOffset ?? 0) - (told.first?.fromOffset ?? 0))
                #expect(told.allSatisfy { $0.shares.allSatisfy { $0.stream == "buyers" && $0.run == 1 } })
            }
        }

        @Test func `an absent field leaves its column and its bit alone`() async throws {
            try await Stage.with { stage in
                try stage.begin(run: 1)
                try await stage.load([stage.row("1", ["status": "kept", "call_date": "2026-01-02"], run: 1, ordinal: 1)])
                try stage.begin(run: 2)
                // The cell could not be read as a date and the pipeline says `keep`: the change is whole, without the field.
                let fields: JSONObject = ["name": "n", "status": "new", "seen_at": nil, "budget": nil, "price": nil, "done": nil, "note": nil]
                try await stage.load([stage.change("1", fields, run: 2, ordinal: 1), stage.change("2", fields, run: 2, ordinal: 2)])
                #expect(try stage.rows("SELECT status, call_date FROM buyers ORDER BY buyer_number") == [["new", "2026-01-02"], ["new", "∅"]])
                try stage.begin(run: 3)
                try await stage.load([stage.row("1", ["status": "new"], run: 3, ordinal: 1)])
                #expect(try stage.text("SELECT call_date FROM buyers WHERE buyer_number = '1'") == nil)
                #expect(try stage.tallies(run: 2) == ["inserted": 1, "updated": 1])
            }
        }

        @Test func `content that is settled is written again and counted unchanged, and a row lost by hand comes back`() async throws {
            try await Stage.with { stage in
                try stage.begin(run: 1)
                try await stage.load((1...3).map { stage.row("\($0)", ["status": "same"], run: 1, ordinal: UInt32($0)) })
                try stage.database.session().runScript(
                    "DELETE FROM buyers WHERE buyer_number = '2'; UPDATE buyers SET status = 'edited' WHERE buyer_number = '3'")
                try stage.begin(run: 2)
                try await stage.load((1...3).map { stage.row("\($0)", ["status": "same"], run: 2, ordinal: UInt32($0)) })
                #expect(try stage.tallies(run: 2) == ["inserted": 1, "unchanged_at_target": 2])
                #expect(try stage.rows("SELECT status FROM buyers") == [["same"], ["same"], ["same"]])
            }
        }

        @Test(arguments: [Deletes.soft(column: "deleted_at"), .hard, .ignore])
        func `a delete leaves a tombstone, and a row that returns is restored`(deletes: Deletes) async throws {
            try await Stage.with(Stage.definition(deletes: deletes)) { stage in
                try stage.begin(run: 1)
                try await stage.load([stage.row("1", ["status": "x"], run: 1, ordinal: 1)])
                try stage.begin(run: 2)
                try await stage.load([stage.change("1", run: 2, ordinal: 1, .delete), stage.change("never there", run: 2, ordinal: 2, .delete)])
                let there = try stage.number("SELECT count(*) FROM buyers WHERE deleted_at IS NULL")
                #expect(there == (deletes == .ignore ? 1 : 0))
                #expect(try stage.tallies(run: 2) == (deletes == .ignore ? ["unchanged_at_target": 2] : ["deleted": 1, "unchanged_at_target": 1]))
                #expect(
                    try stage.rows("SELECT key, hash IS NULL, deleted_at IS NOT NULL FROM sync_rows ORDER BY key") == [
                        ["1", "t", "t"], ["never there", "t", "t"],
                    ])
                try stage.begin(run: 3)
                try await stage.load([stage.row("1", ["status": "x"], run: 3, ordinal: 1)])
                #expect(try stage.rows("SELECT status, deleted_at FROM buyers") == [["x", "∅"]])
                #expect(try stage.number("SELECT count(*) FROM sync_rows WHERE key = '1' AND deleted_at IS NULL AND hash IS NOT NULL") == 1)
            }
        }

        @Test func `key columns of any kind, a table with a schema and a stream without other columns work`() async throws {
            let definition = Stage.definition(deletes: .hard, columns: [("buyer_number", .text)])
            try await Stage.with(definition, table: "CREATE TABLE buyers (buyer_number text PRIMARY KEY, synced_at timestamptz)") { stage in
                try stage.begin(run: 1)
                try await stage.load([
                    stage.change("a/b%", run: 1, ordinal: 1), stage.change("が", run: 1, ordinal: 2), stage.change("か\u{3099}", run: 1, ordinal: 3),
                ])
                #expect(try stage.number("SELECT count(*) FROM buyers WHERE synced_at IS NOT NULL") == 3)
                #expect(try stage.number("SELECT count(*) FROM sync_rows WHERE key = 'a%2Fb%25'") == 1)
                try stage.begin(run: 2)
                try await stage.load([stage.change("a/b%", run: 2, ordinal: 1)])
                #expect(try stage.tallies(run: 2) == ["unchanged_at_target": 1])
            }
        }

        @Test func `the newest of several runs' changes wins, and batches of every size add up`() async throws {
            try await Stage.with(partitions: 2) { stage in
                try stage.begin(run: 1)
                try await stage.send((1...257).map { stage.row("\($0)", ["status": "old"], run: 1, ordinal: UInt32($0)) })
                try await stage.send((258...300).map { stage.row("\($0)", ["status": "old"], run: 1, ordinal: UInt32($0)) }, partition: 1)
                try await stage.loading { try await stage.settled() }
                #expect(try stage.tallies(run: 1) == ["inserted": 300])
                try stage.begin(run: 2)
                // Of run 3 first some keys twice over in one batch, then the rest.
                try await stage.send((1...50).map { stage.row("\($0)", ["status": "run 2"], run: 2, ordinal: UInt32($0)) })
                try await stage.send((1...50).map { stage.row("\($0)", ["status": "run 3"], run: 3, ordinal: UInt32($0)) })
                try stage.begin(run: 3)
                try await stage.loading { try await stage.settled() }
                #expect(try stage.number("SELECT count(*) FROM buyers WHERE status = 'run 3'") == 50)
                #expect(try stage.tallies(run: 2) == ["superseded": 50])
                #expect(try stage.tallies(run: 3) == ["updated": 50])
            }
        }
    }
}
