import JSONText
import Postgres
import Records
import TestSupport
import Testing

@testable import Loader

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
}
