import JSONText
import Pipelines
import Postgres
import Records
import Reporting
import TestSupport
import Testing

@testable import Extractor

extension WholeRuns {
    /// Whole runs over a real file, database and broker.
    @Suite struct RunTests {
        private let people = [
            Trial.Person(id: "1", name: "Ann", note: "n", born: "2001-02-03"), Trial.Person(id: "2", name: "Bob"), Trial.Person(id: "3", name: "Cid"),
        ]

        @Test func `a first run sends every row whole and closes complete once all are settled`() async throws {
            try await Trial.with { trial in
                try trial.write(people)
                let result = try await trial.settledRun()
                #expect(result.word == .complete)
                #expect(result.books.plan == StreamPlan(read: 3, upserts: 3))
                #expect(result.books.tallies.inserted == 3)
                let changes = try await trial.changes().sorted { $0.sequence < $1.sequence }
                #expect(changes.map(\.id) == ["people/1@\(result.run).1", "people/2@\(result.run).2", "people/3@\(result.run).3"])
                #expect(changes.allSatisfy { $0.hash == RowHash(of: $0.fields) && !$0.isPartial })
                #expect(try trial.status(result.run) == "complete")
                #expect(try trial.texts("SELECT fence FROM sync_state") == ["\(result.run)"])
            }
        }

        @Test func `a run without changes sends nothing, and the row that changed travels alone`() async throws {
            try await Trial.with { trial in
                try trial.write(people)
                _ = try await trial.settledRun()
                let second = try await trial.settledRun()
                #expect(second.word == .complete)
                #expect(second.books.plan == StreamPlan(read: 3, unchanged: 3))
                var edited = people
                edited[1].name = "Bea"
                try trial.write(edited)
                let third = try await trial.settledRun()
                #expect(third.books.plan == StreamPlan(read: 3, unchanged: 2, upserts: 1))
                #expect(try await trial.changes().filter { $0.run == third.run }.map(\.recordKey.text) == ["2"])
            }
        }

        // H2. Without `owed` in SettledRows.decide, the third run finds B's hash... equal to A's and leaves the refused B to land later.
        @Test func `a row whose last change was refused is sent again, also when the source took it back`() async throws {
            try await Trial.with { trial in
                try trial.write(people)
                _ = try await trial.settledRun()
                var edited = people
                edited[0].note = "B"
                try trial.write(edited)
                let second = try await trial.settledRun(refusing: ["1"])
                #expect(second.word == .completeWithExceptions)
                try trial.write(people)
                let third = try await trial.settledRun()
                #expect(third.books.plan == StreamPlan(read: 3, unchanged: 2, upserts: 1))
                #expect(try trial.texts("SELECT note FROM people WHERE id = '1'") == ["n"])
                #expect(try trial.texts("SELECT key FROM sync_rows WHERE owed IS NOT NULL") == [])
            }
        }

        // H12. A tombstone that kept its hash would make the returned row look unchanged.
        @Test func `a row that was deleted comes back when its source row does`() async throws {
            try await Trial.with(guards: .init(shrink: .whole(90), deletes: .whole(90))) { trial in
                try trial.write(people)
                _ = try await trial.settledRun()
                try trial.write(Array(people.dropLast()))
                let second = try await trial.settledRun()
                #expect(second.books.plan == StreamPlan(read: 2, unchanged: 2, deletes: 1))
                #expect(try trial.texts("SELECT id FROM people WHERE deleted_at IS NOT NULL") == ["3"])
                let third = try await trial.settledRun()
                #expect(third.books.plan.deletes == 0, "a settled tombstone is not deleted again")
                try trial.write(people)
                let fourth = try await trial.settledRun()
                #expect(fourth.books.plan == StreamPlan(read: 3, unchanged: 2, upserts: 1))
                #expect(try trial.texts("SELECT id FROM people WHERE deleted_at IS NULL ORDER BY id") == ["1", "2", "3"])
            }
        }

        @Test func `a row lost from the table by hand is sent again`() async throws {
            try await Trial.with { trial in
                try trial.write(people + [Trial.Person(id: "a/b@c%", name: "odd key")])
                _ = try await trial.settledRun()
                #expect(try await trial.settledRun().books.plan.upserts == 0)
                try trial.database.session().query("DELETE FROM people WHERE id = '2'")
                #expect(try await trial.dryRun().missing.map(\.text) == ["2"])
                #expect(try await trial.settledRun().books.plan == StreamPlan(read: 4, unchanged: 3, upserts: 1))
            }
        }

        @Test func `a run that nobody settles closes unbalanced, and balances later`() async throws {
            try await Trial.with(settings: ["ROLLCALL_BOOKS_PATIENCE": "300ms"]) { trial in
                try trial.write(people)
                let first = try await trial.run()
                #expect(first.word == .unbalanced)
                #expect(first.report.exitCode == .held)
                #expect(first.summary.contains("3 of 3 changes sent are not accounted for"))
                try await Clerk(trial: trial).settle(first.run)
                let second = try await trial.run()
                #expect(second.word == .complete)
                #expect(second.books.plan == StreamPlan(read: 3, unchanged: 3))
                #expect(try trial.texts("SELECT balanced_at IS NOT NULL FROM sync_runs ORDER BY run") == ["t", "t"])
                #expect(try await trial.alerts().map(\.isResolved) == [false, true])
            }
        }

        @Test func `fields asked for travel partially, rows the database lacks whole`() async throws {
            try await Trial.with { trial in
                try trial.write(Array(people.prefix(2)))
                _ = try await trial.settledRun()
                var edited = people
                edited[0].name = "Anna"
                edited[0].note = "new"
                try trial.write(edited)
                let result = try await trial.settledRun(RunScope(fields: ["note"]))
                let changes = try await trial.changes().filter { $0.run == result.run }
                let first = try #require(changes.first { $0.recordKey.text == "1" }), third = try #require(changes.first { $0.recordKey.text == "3" })
                #expect(changes.count == 2)
                #expect(first.isPartial && first.fields.members.map(\.name) == ["note"])
                #expect(!third.isPartial && third.fields.members.map(\.name) == ["born", "name", "note"])
                #expect(try await trial.settledRun(RunScope(fields: ["note"])).books.plan.upserts == 0, "the partial hash is settled")
                #expect(try await trial.settledRun().books.plan.upserts == 1, "the next full run sends the row whole")
                #expect(try trial.texts("SELECT name FROM people WHERE id = '1'") == ["Anna"])
            }
        }

        @Test func `keys asked for travel alone and delete nothing`() async throws {
            try await Trial.with { trial in
                try trial.write(people)
                let result = try await trial.settledRun(RunScope(keys: [RecordKey(encoded: "2")]))
                #expect(result.books.plan == StreamPlan(read: 1, upserts: 1))
                #expect(try trial.texts("SELECT mode FROM sync_runs") == ["keys"])
                try trial.write(Array(people.prefix(1)))
                #expect(try await trial.settledRun(RunScope(keys: [RecordKey(encoded: "1")])).books.plan == StreamPlan(read: 1, upserts: 1))
            }
        }
    }
}
