import Books
import Postgres
import Records
import TestSupport
import Testing

@Suite(.oneDatabase) struct ViewTests {
    @Test("A run balances exactly when both identities of invariant 4 hold", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func balance(seed: UInt64) throws {
        let session = try ScratchDatabase.ofSuite().session()
        try session.query("BEGIN")  // Never committed.
        var random = SeededGenerator(seed)
        func some() -> Int64 { .random(in: 0...20, using: &random) }
        let (blank, duplicate, rejected, unchanged, waiting, upserts, deletes) = (some(), some(), some(), some(), some(), some(), some())
        let readMissing = Int64.random(in: 0...1, using: &random), planned = Int.random(in: 0...3, using: &random) > 0
        var tallies: [[Int64]] = (0..<Int.random(in: 0...3, using: &random)).map { _ in (0..<7).map { _ in 0 } }
        var left = upserts + deletes
        let loses = Bool.random(using: &random)
        if loses, left > 0 { left -= 1 }
        let counted = tallies.isEmpty ? 0 : left
        while left > 0, !tallies.isEmpty {
            tallies[Int.random(in: 0..<tallies.count, using: &random)][Int.random(in: 0..<7, using: &random)] += 1
            left -= 1
        }
        let read = blank + duplicate + rejected + unchanged + waiting + upserts + readMissing
        let run = try session.query(
            "INSERT INTO sync_runs (pipeline, mode, status, holder) VALUES ('p', 'full', 'running', 'h') RETURNING run"
        ).only().integer(0)
        try session.query(
            """
            INSERT INTO run_streams (run, stream, target_table, read, blank, duplicate, rejected, unchanged, waiting, upserts, deletes, planned_at)
            VALUES ($1, 's', 't', $2, $3, $4, $5, $6, $7, $8, $9, CASE WHEN $10::boolean THEN now() END)
            """, ([run, read, blank, duplicate, rejected, unchanged, waiting, upserts, deletes] as [Int64]).map { .integer($0) } + [.boolean(planned)])
        for (partition, tally) in tallies.enumerated() {
            try session.query(
                """
                INSERT INTO run_tallies (run, stream, partition, highest_ordinal, inserted, updated, unchanged_at_target, kept_local, superseded,
                    deleted, failed) VALUES ($1, 's', $2::integer, 0, $3, $4, $5, $6, $7, $8, $9)
                """, ([run, Int64(partition)] + tally).map { .integer($0) })
        }
        let books = try StreamBooks.of(run: run, in: session)
        try #require(books.count == 1)
        #expect(books[0].isBalanced == (planned && readMissing == 0 && counted == upserts + deletes))
        #expect(books[0].readUnaccounted == readMissing)
        #expect(books[0].emittedUnaccounted == upserts + deletes - counted)
        #expect(books[0].tallies.total == counted)
    }

    @Test func `rows that wait are counted by cause, with the longest value and what never landed`() async throws {
        try await ScratchDatabase.with { database in
            let session = try database.session()
            try session.runScript(
                """
                INSERT INTO sync_rows (pipeline, stream, key, sequence, hash, owed, run, synced_at) VALUES
                    ('p', 's', '1', 10, NULL, 10, 1, now()), ('p', 's', '2', 4, 77, 11, 1, now()), ('p', 's', '3', 12, NULL, 12, 1, now()),
                    ('p', 's', '4', 13, 99, NULL, 1, now()), ('other', 's', '5', 14, NULL, 14, 1, now());
                INSERT INTO sync_error_log (id, pipeline, stream, run, service, record_key, sequence, attempt, error_type, error_code, table_name,
                    column_name, column_definition, value_length, message, retryable) VALUES
                    ('1', 'p', 's', 1, 'loader', '1', 10, 1, 'field_length', '22001', 't', 'c', 'character varying(50)', 60, 'm', true),
                    ('2', 'p', 's', 1, 'loader', '2', 11, 1, 'field_length', '22001', 't', 'c', 'character varying(50)', 812, 'm', true),
                    ('2b', 'p', 's', 1, 'loader', '2', 9, 1, 'data_type', '22P02', 't', 'd', 'date', 5, 'older', true),
                    ('3', 'p', 's', 1, 'loader', '3', 12, 1, 'constraint_violation', '23505', 't', NULL, NULL, NULL, 'm', false);
                """)
            let incidents = try WaitingRows.of(pipeline: "p", in: session)
            try #require(incidents.count == 2)
            #expect((incidents[0].rows, incidents[0].neverLanded, incidents[0].longest, incidents[0].column) == (2, 1, 812, "c"))
            #expect((incidents[1].rows, incidents[1].neverLanded, incidents[1].code, incidents[1].sampleKeys) == (1, 1, "23505", "3"))
        }
    }
}
