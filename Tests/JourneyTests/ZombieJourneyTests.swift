import Foundation
import Postgres
import TestSupport
import Testing

/// A loader that is frozen in mid-work, replaced, and thawed: invariant 1 in processes.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ZombieJourneyTests {
    @Test func `a loader that sleeps while another takes over changes nothing when it wakes`() async throws {
        try await JourneyWorld.with(rows: 4_000, broker: try TestBroker.shared) { world in
            try world.writeSource(version: 1)
            let sync = try world.startSync()
            let zombie = try world.startLoader(pausingMilliseconds: 20)
            try await eventually("the first loader at work", within: .seconds(60)) { try world.counted() > 200 }
            zombie.signal(SIGSTOP)
            let counted = try world.counted()
            #expect(counted < world.rows, "stopped too late to prove anything")
            let successor = try world.startLoader(pausingMilliseconds: 0)
            #expect(try await sync.wait(within: .seconds(120)) == .exited(0), "\(sync.errors.suffix(2_000))")
            let before = try world.fingerprint()

            zombie.signal(SIGCONT)
            // It is awake once it says so by its own end: the stop is asked for after the wake-up, and it drains before it goes.
            zombie.signal(SIGTERM)
            _ = try await zombie.wait(within: .seconds(60))
            #expect(try world.fingerprint() == before)
            #expect(try world.differences(fromVersion: 1) == 0)
            #expect(try world.counted() == world.rows)
            successor.signal(SIGTERM)
            #expect(try await successor.wait() == .exited(143))
        }
    }
}

extension JourneyWorld {
    /// Everything that a batch applied twice would change: rows, books and positions.
    func fingerprint() throws -> String {
        try database.session().query(
            """
            SELECT md5(string_agg(t, '' ORDER BY t)) FROM (
                SELECT customers::text AS t FROM customers UNION ALL SELECT sync_rows::text FROM sync_rows
                UNION ALL SELECT run_tallies::text FROM run_tallies UNION ALL SELECT sync_offsets::text FROM sync_offsets) everything
            """
        ).only().text(0)
    }
}
