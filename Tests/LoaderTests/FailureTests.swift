import JSONText
import Pipelines
import Postgres
import Records
import TestSupport
import Testing
import Topics

@testable import Loader

extension OnRealParts {
    /// Rows that cannot land: what is said of them, and that nobody else is held up (invariants 2, 8, 9, 10, 13).
    @Suite struct FailureTests {
        private static let secret = "PII-3f8a"

        @Test func `one bad value fails one row of a hundred, and says which column, how long and where`() async throws {
            try await Stage.with { stage in
                try stage.begin(run: 1)
                let long = FailureTests.secret + String(repeating: "あ", count: 60)
                let rows = (1...100).map { stage.row("\($0)", ["status": .string($0 == 17 ? long : "fine")], run: 1, ordinal: UInt32($0)) }
                try await stage.load(rows)
                #expect(try stage.tallies(run: 1) == ["inserted": 99, "failed": 1])
                let line = try stage.rows(
                    """
                    SELECT id, record_key, row_number, error_type, error_code, table_name, column_name, column_definition, value_length, retryable, run
                    FROM sync_error_log
                    """)
                #expect(
                    line == [
                        ["buyers/17@1.17#1", "17", "18", "field_length", "22001", "buyers", "status", "character varying(50)", "68", "t", "1"]
                    ])
                let message = try #require(try stage.text("SELECT message FROM sync_error_log"))
                #expect(message == "buyers.status is character varying(50): 68 characters; the column holds 50")
                #expect(try stage.rows("SELECT owed, hash FROM sync_rows WHERE key = '17'") == [["\((1 << 32) + 17)", "∅"]])
                let failure = try #require(try await stage.failures().first)
                #expect(failure.id == "buyers/17@1.17#1")
                #expect(failure.subject == .change(rows[16]))
                #expect(failure.position?.offset == 16)
                #expect(try stage.number("SELECT (inserted + failed)::bigint FROM run_tallies") == 100)
                #expect(try stage.number("SELECT count(*) FROM run_failures WHERE explained AND refused = 1") == 1)

                // The column is widened while the loader knows the old one, and the next run's row lands.
                try stage.begin(run: 2)
                try stage.database.session().runScript("ALTER TABLE buyers ALTER COLUMN status TYPE text")
                try await stage.load([stage.row("17", ["status": .string(long)], run: 2, ordinal: 1)])
                #expect(try stage.tallies(run: 2) == ["inserted": 1])
                #expect(try stage.number("SELECT count(*) FROM sync_rows WHERE owed IS NOT NULL") == 0)
                // Invariant 10.
                #expect(try stage.number("SELECT count(*) FROM sync_error_log l WHERE l::text LIKE '%\(FailureTests.secret)%'") == 0)
            }
        }

        @Test func `what only PostgreSQL can refuse is found by halving, and its neighbours land`() async throws {
            let table = Stage.table + "; ALTER TABLE buyers ADD CHECK (status <> 'forbidden'); CREATE UNIQUE INDEX one_note ON buyers (note)"
            try await Stage.with(table: table) { stage in
                try stage.begin(run: 1)
                let rows = (1...100).map { number in
                    stage.row(
                        "\(number)",
                        ["status": .string([3, 40, 41].contains(number) ? "forbidden" : "ok"), "note": .string(number == 99 ? "note 1" : "note \(number)")],
                        run: 1, ordinal: UInt32(number))
                }
                try await stage.load(rows)
                #expect(try stage.tallies(run: 1) == ["inserted": 96, "failed": 4])
                #expect(
                    try stage.rows(
                        "SELECT record_key, error_type, error_code, constraint_name, retryable FROM sync_error_log ORDER BY record_key COLLATE \"C\"") == [
                            ["3", "constraint_violation", "23514", "buyers_status_check", "f"],
                            ["40", "constraint_violation", "23514", "buyers_status_check", "f"],
                            ["41", "constraint_violation", "23514", "buyers_status_check", "f"], ["99", "constraint_violation", "23505", "one_note", "f"],
                        ])
                #expect(try await stage.failures().count == 4)
            }
        }

        @Test(
            "a value that does not fit is refused by name before PostgreSQL sees it",
            arguments: [
                ("status", JSONValue.string(String(repeating: "x", count: 51)), "22001"), ("call_date", "2026-02-30", "22007"),
                ("call_date", "03/14/2026", "22007"),
                ("call_date", "now", "22007"), ("seen_at", "2026-01-01 25:00:00", "22007"), ("budget", "12a", "22P02"), ("budget", "2147483648", "22003"),
                ("budget", "1.5", "22P02"), ("price", "1.005", "22003"), ("price", "1234567.00", "22003"), ("done", "maybe", "22P02"), ("name", "", "none"),
                ("note", "a\u{0}b", "22021"),
            ])
        func refusals(column: String, value: JSONValue, code: String) async throws {
            try await Stage.with { stage in
                try stage.begin(run: 1)
                try await stage.load([stage.row("bad", [column: value], run: 1, ordinal: 1), stage.row("good", run: 1, ordinal: 2)])
                if code == "none" {
                    #expect(try stage.tallies(run: 1) == ["inserted": 2])  // The empty text is a value.
                } else {
                    #expect(try stage.tallies(run: 1) == ["inserted": 1, "failed": 1])
                    #expect(try stage.rows("SELECT record_key, error_code, column_name FROM sync_error_log") == [["bad", code, column]])
                }
            }
        }

        @Test func `a blank in a NOT NULL column is refused, a row without it lands`() async throws {
            try await Stage.with { stage in
                try stage.begin(run: 1)
                var fields = stage.row("1", run: 1, ordinal: 1).fields
                fields["name"] = .null
                try await stage.load([stage.change("1", fields, run: 1, ordinal: 1), stage.row("2", run: 1, ordinal: 2)])
                #expect(try stage.tallies(run: 1) == ["inserted": 1, "failed": 1])
                #expect(try stage.rows("SELECT error_type, error_code, column_name FROM sync_error_log") == [["constraint_violation", "23502", "name"]])
            }
        }

        @Test func `records that are no changes are logged by their place, and the partition goes on`() async throws {
            try await Stage.with { stage in
                try stage.begin(run: 1)
                var strange = stage.row("1", run: 1, ordinal: 1)
                strange.stream = "strangers"
                try await stage.send(lines: [
                    ("buyers/1", Array("{\"format\":1,\"secret\":\"\(FailureTests.secret)\"".utf8)), ("buyers/1", nil), ("strangers/1", strange.line()),
                ])
                try await stage.load([stage.row("good", run: 1, ordinal: 2)])
                let place = "\(stage.names.changes)/0@1."
                #expect(
                    try stage.rows("SELECT id, error_type, error_code, record_key FROM sync_error_log ORDER BY id = 'strangers/1@1.1#1', id") == [
                        [place + "0", "unknown", "record", "∅"], [place + "1", "unknown", "record", "∅"], ["strangers/1@1.1#1", "unknown", "stream", "1"],
                    ])
                #expect(try stage.tallies(run: 1) == ["inserted": 1, "failed": 1])
                #expect(try stage.number("SELECT count(*) FROM sync_error_log l WHERE l::text LIKE '%\(FailureTests.secret)%'") == 0)
                #expect(try await stage.failures().count == 3)
            }
        }

        @Test func `a record of a newer format stops its partition, and only it`() async throws {
            try await Stage.with(partitions: 2) { stage in
                try stage.begin(run: 1)
                try await stage.send(lines: [("buyers/1", Array("{\"format\":2}".utf8))])
                try await stage.send([stage.row("2", run: 1, ordinal: 2)], partition: 1)
                try await stage.loading {
                    try await eventually("the other partition is settled") { try stage.next(1) == 1 }
                    try await eventually("an alert tells") {
                        try await stage.alerts().contains { $0.kind == "newer_format" }
                    }
                }
                #expect(try stage.next(0) == 0)
                #expect(try stage.number("SELECT count(*) FROM sync_error_log") == 0)
            }
        }

        @Test func `a failure too large for the topic goes without its change`() async throws {
            try await Stage.with { stage in
                try stage.begin(run: 1)
                let note = String(repeating: "n", count: 999_300)
                try await stage.load([stage.row("1", ["note": .string(note), "status": .string(String(repeating: "s", count: 51))], run: 1, ordinal: 1)])
                #expect(try stage.tallies(run: 1) == ["failed": 1])
                let failure = try #require(try await stage.failures().first)
                #expect(failure.subject == .row(.null))
                #expect(failure.message.contains("offset 0"))
            }
        }

        @Test func `a retry lands only what is owed, and is not counted twice`() async throws {
            try await Stage.with { stage in
                try stage.begin(run: 1)
                let bad = String(repeating: "x", count: 60)
                try await stage.load([stage.row("1", ["status": .string(bad)], run: 1, ordinal: 1), stage.row("2", run: 1, ordinal: 2)])
                try stage.database.session().runScript("ALTER TABLE buyers ALTER COLUMN status TYPE text")
                try await stage.load([
                    stage.row("1", ["status": .string(bad)], run: 1, ordinal: 1, attempt: 2),
                    stage.row("2", ["status": "late"], run: 1, ordinal: 2, attempt: 2),
                    stage.row("3", run: 1, ordinal: 3, attempt: 2),
                ])
                #expect(try stage.rows("SELECT buyer_number, length(status) FROM buyers ORDER BY 1") == [["1", "60"], ["2", "∅"]])
                #expect(try stage.tallies(run: 1) == ["inserted": 1, "failed": 1])
                #expect(try stage.number("SELECT count(*) FROM run_failures WHERE recovered = 1 AND explained") == 1)
            }
        }
    }
}
