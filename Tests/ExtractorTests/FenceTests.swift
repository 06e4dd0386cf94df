import Books
import Postgres
import Sources
import TestSupport
import Testing

@testable import Extractor

extension WholeRuns {
    /// Invariant 12: a run that another one has replaced changes nothing any more.
    @Suite struct FenceTests {
        private func ledger(_ trial: Trial, _ holder: String, term: Duration = .seconds(30)) -> RunLedger {
            RunLedger(
                pipeline: "people", streams: ["people"], holder: holder, leaseTerm: term, database: PostgresConnection(trial.database.settings()))
        }

        private func open(_ ledger: RunLedger) async throws -> (run: Int64, lease: Lease) {
            guard case .opened(let run, let lease) = try await ledger.open(.full) else { throw NeverHeld(what: "the lease is free") }
            return (run, lease)
        }

        private let plan = PlannedStream(stream: "people", table: "people", plan: StreamPlan(read: 1, upserts: 1), fields: [])
        private let certificate = ReadCertificate(rows: 1, pages: 1, stamp: "s", isComplete: true)

        // H1. Without the fence in the opening transaction, changes of the first run could land after the second found their rows unchanged.
        @Test func `the fence is up before the source is opened`() async throws {
            try await Trial.with { trial in
                try trial.write(text: "")
                await #expect(throws: RunFailed.self) { try await trial.run() }
                #expect(try trial.texts("SELECT fence FROM sync_state") == ["1"])
                #expect(try trial.texts("SELECT status FROM sync_runs") == ["failed"])
            }
        }

        @Test func `a zombie can neither plan nor close once another run has begun`() async throws {
            try await Trial.with { trial in
                let zombie = ledger(trial, "zombie", term: .milliseconds(1)), next = ledger(trial, "next")
                let (first, firstLease) = try await open(zombie)
                let (second, _) = try await open(next)
                #expect(second > first)
                await #expect(throws: RunFenced.self) { try await zombie.write([plan], run: first, certificate: certificate, inForce: true) }
                await #expect(throws: RunFenced.self) { try await zombie.close(first, lease: firstLease, RunClosing(word: .complete, summary: "")) }
                #expect(try trial.texts("SELECT status FROM sync_runs ORDER BY run") == ["failed", "running"])
                #expect(try trial.texts("SELECT count(*) FROM run_streams") == ["0"])
                #expect(try trial.texts("SELECT holder FROM leases WHERE expires_at > now()") == ["next"])
            }
        }

        @Test func `a second run is told who holds the pipeline and since when`() async throws {
            try await Trial.with { trial in
                let (_, lease) = try await open(ledger(trial, "one"))
                guard case .held(let holder, _, let remaining) = try await ledger(trial, "two").open(.full) else {
                    Issue.record("the lease was given twice")
                    return
                }
                #expect(holder == "one")
                #expect(remaining > .seconds(20) && remaining <= .seconds(30))
                #expect(try trial.texts("SELECT count(*) FROM sync_runs") == ["1"], "a run that cannot begin leaves no line")
                try lease.release(in: try trial.database.session())
                _ = try await open(ledger(trial, "two"))
            }
        }
    }
}
