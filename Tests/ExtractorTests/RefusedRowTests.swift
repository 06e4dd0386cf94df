import Books
import Failures
import Foundation
import JSONText
import Pipelines
import Records
import TestSupport
import Testing

@testable import Extractor

extension WholeRuns {
    /// Rows of the source that are not sent, and how people hear of them.
    @Suite struct RefusedRowTests {
        @Test func `rows with one key are all left out, and each names every one of them`() async throws {
            try await Trial.with { trial in
                try trial.write(text: "id,name,note,born\n1,Ann,,\n2,Bob,,\n1,Anna,,\n3,Cid,,\n1,Anne,,\n")
                let result = try await trial.settledRun()
                #expect(result.word == .completeWithExceptions)
                #expect(result.books.plan == StreamPlan(read: 5, duplicate: 3, upserts: 2))
                let log = try trial.rows("SELECT record_key, row_number, error_type, error_code, message FROM sync_error_log ORDER BY row_number", columns: 5)
                #expect(log.map { $0[1] } == ["2", "4", "6"])
                #expect(log.allSatisfy { $0[0] == "1" && $0[2] == "constraint_violation" && $0[3] == "duplicate_key" })
                #expect(log.allSatisfy { $0[4] == "the same key stands in rows 2, 4 and 6; keep one of them" })
                #expect(try await trial.failures().map(\.origin.row).sorted { ($0 ?? 0) < ($1 ?? 0) } == [2, 4, 6])
            }
        }

        @Test func `a key that is repeated or whose row cannot be mapped is not deleted`() async throws {
            try await Trial.with(guards: .init(shrink: .whole(100), deletes: .whole(100))) { trial in
                try trial.write(text: "id,name,note,born\n1,Ann,,\n2,Bob,,\n3,Cid,,\n")
                _ = try await trial.settledRun()
                try trial.write(text: "id,name,note,born\n1,Ann,,\n1,Anna,,\n2,Bob,,never\n3,Cid,,\n")
                let result = try await trial.settledRun()
                #expect(result.books.plan == StreamPlan(read: 4, duplicate: 2, rejected: 1, unchanged: 1))
                #expect(try trial.texts("SELECT id FROM people WHERE deleted_at IS NOT NULL") == [])
            }
        }

        @Test func `values of a refused row stand in the failure record and nowhere else`() async throws {
            try await Trial.with { trial in
                try trial.write(text: "id,name,note,born\n1,Ann,,marker-7731\n,marker-7731,,\n2,Bob,,\n")
                let result = try await trial.settledRun()
                #expect(result.books.plan == StreamPlan(read: 3, rejected: 2, upserts: 1))
                let failures = try await trial.failures()
                #expect(failures.count == 2)
                for failure in failures {
                    guard case .row(let row) = failure.subject else {
                        Issue.record("expected the row as read")
                        continue
                    }
                    #expect(String(decoding: row.line(), as: UTF8.self).contains("marker-7731"))
                    #expect(!failure.message.contains("marker"))
                }
                #expect(try trial.texts("SELECT id FROM sync_error_log l WHERE l::text LIKE '%marker%'") == [])
                #expect(try trial.texts("SELECT id FROM sync_error_log ORDER BY id") == failures.map(\.id).sorted(), "one line for each failure")
            }
        }

        @Test func `a row too large for Kafka is refused by name and the others land`() async throws {
            try await Trial.with(settings: ["ROLLCALL_KAFKA_MESSAGE_BYTES_MAX": "20000"]) { trial in
                try trial.write([Trial.Person(id: "1", name: String(repeating: "x", count: 30_000)), Trial.Person(id: "2", name: "Bob")])
                let result = try await trial.settledRun()
                #expect(result.books.plan == StreamPlan(read: 2, rejected: 1, upserts: 1))
                #expect(try trial.texts("SELECT error_code FROM sync_error_log") == ["record_too_large"])
                let failure = try #require(try await trial.failures().first)
                let line = String(decoding: failure.line(), as: UTF8.self)
                #expect(line.contains("omitted_bytes") && !line.contains("xxx"))
            }
        }
    }
}
