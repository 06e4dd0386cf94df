import Postgres
import TestSupport
import Testing

@testable import Extractor

@Suite struct SettledRowsTests {
    // Seen to fail with the queue joined: without statistics the planner takes it for one row and reads all of it for each of the others.
    @Test func `a queue that filled at once is read in seconds, before the database has statistics of it`() async throws {
        try await ScratchDatabase.with { database in
            let session = try database.session(), rows = 40_000
            try session.runScript(
                """
                CREATE TABLE people (id text PRIMARY KEY);
                ALTER TABLE sync_rows SET (autovacuum_enabled = false);
                ALTER TABLE retry_queue SET (autovacuum_enabled = false);
                INSERT INTO sync_rows (pipeline, stream, key, sequence, owed, run, synced_at)
                SELECT 'p', 's', n::text, 0, (1::bigint << 32) + n, 1, now() FROM generate_series(1, \(rows)) n;
                INSERT INTO retry_queue (id, pipeline, stream, record_key, run, sequence, hash, change, error_type, error_code, message, incident, status,
                    attempt_count, budget_from, next_retry_at, first_failed_at, last_failed_at)
                SELECT key, 'p', 's', key, 1, owed, 7, '{}', 'field_length', '22001', 'm', 'i', 'pending', 1, 1, now(), now(), now() FROM sync_rows;
                SET statement_timeout = '10s';
                """)
            let settled = SettledRows(pipeline: "p", stream: "s", table: "people", key: ["id"], seesTarget: true, seed: 1)
            try settled.prepare(session)
            var waiting = 0
            try settled.each(session) { _, known in waiting += known.state == [.deletable, .waits] && known.hash == 7 ? 1 : 0 }
            #expect(waiting == rows)
        }
    }
}
