import Pipelines
import Postgres
import Records
import Reporting
import TestSupport
import Testing

@testable import Extractor

extension WholeRuns {
    /// Invariant 7 in whole runs: what a guard forbids is not sent, and a person's word lets exactly that through once.
    @Suite struct HeldRunTests {
        private func people(_ count: Int) -> [Trial.Person] { (1...count).map { Trial.Person(id: "\($0)", name: "n\($0)") } }

        @Test func `deletes at the limit hold the run before anything is sent`() async throws {
            try await Trial.with { trial in
                try trial.write(people(20))
                let first = try await trial.settledRun()
                try trial.write(people(18))
                let held = try await trial.run()
                #expect(held.word == .held)
                #expect(held.guardWords == "deletes")
                #expect(held.report.exitCode == .held)
                #expect(try await trial.changes().allSatisfy { $0.run == first.run })
                #expect(try trial.texts("SELECT planned_at IS NULL FROM run_streams WHERE run = \(held.run)") == ["t"])
                #expect(try trial.rows("SELECT guard, length(plan_hash)::text FROM sync_runs WHERE run = \(held.run)", columns: 2) == [["deletes", "16"]])
                let alert = try #require(try await trial.alerts().last)
                #expect(alert.kind == "guard_held" && alert.run == held.run)
                try trial.write(people(19))
                #expect(try await trial.settledRun().books.plan.deletes == 1, "one fewer is allowed")
            }
        }

        @Test func `an empty source and one that lost half its rows are held, whatever the mode of deletes`() async throws {
            try await Trial.with(deletes: .ignore) { trial in
                #expect(try await trial.run().guardWords == "empty")
                try trial.write(people(10))
                _ = try await trial.settledRun()
                try trial.write(people(5))
                #expect(try await trial.run().guardWords == "shrink")
                try trial.write(people(6))
                #expect(try await trial.settledRun().word == .complete)
            }
        }

        @Test func `a renamed header that still matches holds the run until it is approved`() async throws {
            try await Trial.with { trial in
                try trial.write(people(3))
                _ = try await trial.settledRun()
                try trial.write(people(3), header: "id,ｎａｍｅ,note,born")
                let held = try await trial.run()
                #expect(held.guardWords == "header")
                _ = try approve(held.run, by: "a person", in: trial.database.session())
                #expect(try await trial.settledRun().word == .complete)
                #expect(try await trial.settledRun().word == .complete, "the new headers are known by now")
            }
        }

        @Test func `an approval lets the same plan through once`() async throws {
            try await Trial.with { trial in
                try trial.write(people(10))
                _ = try await trial.settledRun()
                try trial.write(people(6))
                let held = try await trial.run()
                _ = try approve(held.run, by: "a person", in: trial.database.session())
                let approved = try await trial.settledRun()
                #expect(approved.word == .complete)
                #expect(approved.books.tallies.deleted == 4)
                #expect(try trial.texts("SELECT approval_used_by FROM sync_runs WHERE run = \(held.run)") == ["\(approved.run)"])
                // The rows come back and go again: the same plan by its keys, and no approval for it.
                try trial.write(people(10))
                _ = try await trial.settledRun()
                try trial.write(people(6))
                #expect(try await trial.run().word == .held)
            }
        }

        @Test func `an approval is void for another plan and does not wait for a later one`() async throws {
            try await Trial.with { trial in
                try trial.write(people(10))
                _ = try await trial.settledRun()
                try trial.write(people(6))
                let held = try await trial.run()
                _ = try approve(held.run, by: "a person", in: trial.database.session())
                try trial.write(people(7))
                let other = try await trial.run()
                #expect(other.word == .held)
                #expect(other.summary.contains("run \(held.run) was approved for another plan"))
                try trial.write(people(6))
                #expect(try await trial.run().word == .held, "the approval was for the run right after")
                #expect(throws: CommandFailure.self) { try approve(held.run, by: "a person", in: trial.database.session()) }
                #expect(throws: CommandFailure.self) { try approve(999, by: "a person", in: trial.database.session()) }
            }
        }

        @Test func `a cut file is read but deletes nothing`() async throws {
            try await Trial.with(guards: .init(shrink: .whole(100), deletes: .whole(100))) { trial in
                try trial.write(people(10))
                _ = try await trial.settledRun()
                try trial.write(text: "id,name,note,born\n1,n1,,\n2,n2,,\n3,n3")
                let result = try await trial.settledRun()
                #expect(result.word == .partial)
                #expect(result.books.plan.deletes == 0)
            }
        }
    }
}
