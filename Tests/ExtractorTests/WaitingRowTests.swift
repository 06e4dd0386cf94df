import Books
import CommandLines
import JSONText
import Pipelines
import Postgres
import Records
import Reporting
import TestSupport
import Testing

@testable import Extractor

extension WholeRuns {
    /// Invariant 13 in whole runs: what waits in the retry queue is not sent again, and everything else that is owed is.
    @Suite struct WaitingRowTests {
        private static let loose = Guards(shrink: .whole(100), deletes: .whole(100))

        /// A trial whose row 1 landed, was edited to `B` and refused then; row 2 landed, and the others never did.
        private func withRefusals(rows: Int = 3, _ body: (Trial, WaitingQueue, [Trial.Person]) async throws -> Void) async throws {
            try await Trial.with(guards: WaitingRowTests.loose) { trial in
                var people = (1...rows).map { Trial.Person(id: "\($0)", name: "n\($0)", note: "n") }
                try trial.write(Array(people.prefix(2)))
                _ = try await trial.settledRun()
                people[0].note = "B"
                try trial.write(people)
                let refused = Set(people.map(\.id)).subtracting(["2"])
                #expect(try await trial.settledRun(refusing: refused).books.plan == StreamPlan(read: rows, unchanged: 1, upserts: rows - 1))
                try await body(trial, WaitingQueue(trial: trial), people)
            }
        }

        // Seen to fail with the entry's status asked for, without the query's look into the queue, and with `waits` taken out of `decide`.
        @Test func `a row that waits is not sent again, however its retries stand, and the run says so`() async throws {
            try await withRefusals(rows: 6) { trial, queue, _ in
                for (key, status) in zip(["1", "3", "4", "5", "6"], ["dropped", "pending", "claimed", "sent", "permanently_failed"]) {
                    try await queue.enter(key, status: status)
                }
                for _ in 0..<2 {
                    let result = try await trial.settledRun()
                    #expect(result.books.plan == StreamPlan(read: 6, unchanged: 1, waiting: 5))
                    #expect(result.word == .completeWithExceptions)
                    #expect(result.report.exitCode == .exceptions)
                    #expect(try trial.texts("SELECT waiting FROM run_books WHERE run = \(result.run) AND balanced") == ["5"])
                    #expect(
                        result.summary.hasSuffix(
                            """
                            complete with exceptions: 6 rows read, 1 unchanged, 5 waiting for a retry or a cure. 5 rows wait: people.note is varchar(20), \
                            longest 21; cure: ALTER TABLE "people" ALTER COLUMN "note" TYPE text;.
                            """))
                    guard case .object(let json) = result.report.result else { throw NeverHeld(what: "a result for programs") }
                    #expect(json["waiting"] == .number("5"))
                    #expect(json["failures"] == .null, "nothing failed in this run")
                }
            }
        }

        @Test func `a row that waits and is edited is sent, and so is one that the source took back`() async throws {
            try await withRefusals { trial, queue, edited in
                try await queue.enter("1")
                try await queue.enter("3", status: "permanently_failed")
                var again = edited
                again[0].note = "n"  // What the table holds; H2: the waiting B must not land over it.
                again[2].name = "Cyd"
                try trial.write(again)
                #expect(try await trial.settledRun().books.plan == StreamPlan(read: 3, unchanged: 1, upserts: 2))
                #expect(try trial.texts("SELECT note FROM people WHERE id = '1'") == ["n"])
                #expect(try trial.texts("SELECT name FROM people WHERE id = '3'") == ["Cyd"])
                #expect(try trial.texts("SELECT key FROM sync_rows WHERE owed IS NOT NULL") == [])
                #expect(try await trial.settledRun().books.plan == StreamPlan(read: 3, unchanged: 3), "an entry of what is owed no more means nothing")
            }
        }

        // Each seen to fail with its comparison taken out.
        @Test func `an entry of another change, stream, pipeline or key keeps no row back, nor one that only the source can mend`() async throws {
            try await withRefusals(rows: 7) { trial, queue, _ in
                for (key, fault) in zip(["1", "3", "4", "5", "6"], WaitingQueue.Fault.allCases) { try await queue.enter(key, fault: fault) }
                try await queue.enter("7", status: "waits_for_source")
                let result = try await trial.settledRun()
                #expect(result.books.plan == StreamPlan(read: 7, unchanged: 1, upserts: 6))
                #expect(try await trial.changes().filter { $0.run == result.run }.map(\.recordKey.text).sorted() == ["1", "3", "4", "5", "6", "7"])
            }
        }

        @Test func `a row that waits and is gone from the source is deleted`() async throws {
            try await withRefusals { trial, queue, edited in
                try await queue.enter("1", status: "dropped")
                try await queue.enter("3")
                try trial.write([edited[1]])
                let result = try await trial.settledRun()
                #expect(result.books.plan == StreamPlan(read: 1, unchanged: 1, deletes: 2))
                #expect(try trial.texts("SELECT key FROM sync_rows WHERE deleted_at IS NOT NULL AND owed IS NULL ORDER BY key") == ["1", "3"])
            }
        }

        @Test func `a refused row without an entry is tried again by each run, and the book of its failures is shown`() async throws {
            try await withRefusals { trial, queue, _ in
                try await queue.enter("3")
                for _ in 0..<2 {
                    let result = try await trial.settledRun(refusing: ["1"])
                    #expect(result.books.plan == StreamPlan(read: 3, unchanged: 1, waiting: 1, upserts: 1))
                    #expect(result.failures == RunFailures(failed: 1, refused: 1))
                    #expect(result.report.details == "Of 1 refused change: 1 in no retry queue (yet), for the next run to try again.")
                    guard case .object(let json) = result.report.result, case .object(let book)? = json["failures"] else {
                        throw NeverHeld(what: "a book of failures for programs")
                    }
                    #expect(book["refused"] == .number("1"))
                    #expect(book["unexplained"] == .number("0"))
                }
            }
        }

        // Invariant 6, both ways round: without `r.sequence < r.owed` the last run waits for ever for a retry that no loader applies.
        @Test func `a partial change makes no row wait, and one that passes a waiting change has the row sent whole`() async throws {
            try await withRefusals { trial, queue, edited in
                try await queue.enter("1")
                try await queue.enter("3")
                let fields = RunScope(fields: ["name"])
                #expect(try await trial.settledRun(fields).books.plan == StreamPlan(read: 3, unchanged: 1, waiting: 2), "the whole rows wait")

                var renamed = edited
                renamed[0].name = "Anna"
                try trial.write(renamed)
                let refused = try await trial.settledRun(fields, refusing: ["1"])
                #expect(refused.books.plan == StreamPlan(read: 3, unchanged: 1, waiting: 1, upserts: 1))
                try await queue.enter("1")
                #expect(try await trial.settledRun(fields, refusing: ["1"]).books.plan.upserts == 1, "some of its fields wait, the row does not")
                try await queue.enter("1")
                #expect(try await trial.settledRun(refusing: ["1"]).books.plan.upserts == 1, "nor in a run over all of them")

                try await queue.enter("1")
                #expect(try await trial.settledRun().books.plan == StreamPlan(read: 3, unchanged: 1, waiting: 2), "the whole change waits")
                renamed[0].name = "Anne"
                try trial.write(renamed)
                #expect(try await trial.settledRun(fields).books.plan.upserts == 1)
                #expect(try trial.texts("SELECT key FROM sync_rows WHERE owed IS NOT NULL AND sequence > owed") == ["1"], "it left `owed` standing")
                renamed[0].name = "Anna"
                try trial.write(renamed)
                #expect(try await trial.settledRun().books.plan == StreamPlan(read: 3, unchanged: 1, waiting: 1, upserts: 1))
                #expect(try trial.texts("SELECT note FROM people WHERE id = '1'") == ["B"])
            }
        }

        @Test func `a dry run tells what waits and sends nothing for it`() async throws {
            try await withRefusals { trial, queue, _ in
                try await queue.enter("1")
                try await queue.enter("3")
                let forecast = try await trial.dryRun()
                #expect(forecast.plan == StreamPlan(read: 3, unchanged: 1, waiting: 2))
                #expect(forecast.missing.isEmpty && forecast.changed.isEmpty)
                let report = DryRunReport(pipeline: "people", forecasts: [forecast]).report
                #expect(report.summary == "people: 3 rows read: 1 unchanged, 2 waiting for a retry or a cure. Nothing was written.")
                guard case .object(let json) = report.result, case .array(let streams)? = json["streams"], case .object(let stream)? = streams.first else {
                    throw NeverHeld(what: "a stream for programs")
                }
                #expect(stream["waiting"] == .number("2"))
            }
        }
    }
}
