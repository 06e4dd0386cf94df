import Books
import Postgres
import TestSupport
import Testing

@Suite struct FenceLockTests {
    /// Raises only what is allowed by the check; nil: no objection.
    private func objection(_ lockId: Int32, run: Int64, _ session: PostgresSession) throws -> String? {
        do {
            try session.query(FenceLock.checkSQL, [.integer(Int64(lockId)), .integer(run)])
            return nil
        } catch { return error.sqlState }
    }

    @Test func `a batch below the fence raises RC003, one at or above it passes, and an unknown stream never does`() async throws {
        try await ScratchDatabase.with { database in
            let session = try database.session()
            let ids = try session.transaction { try FenceLock.raise(pipeline: "p", streams: ["a", "b"], to: 7, in: session) }
            #expect(ids.count == 2)
            #expect(try objection(ids[0], run: 6, session) == "RC003")
            #expect(try objection(ids[0], run: 7, session) == nil)
            #expect(try objection(ids[1], run: 8, session) == nil)
            #expect(try objection(99, run: 8, session) == "RC003")
        }
    }

    @Test func `the fence never falls`() async throws {
        try await ScratchDatabase.with { database in
            let session = try database.session()
            for run in [5, 9, 7] as [Int64] { try session.transaction { try FenceLock.raise(pipeline: "p", streams: ["a"], to: run, in: session) } }
            #expect(try session.query("SELECT fence FROM sync_state").only().integer(0) == 9)
        }
    }

    @Test func `a run waits for the batch under way, and the next batch for the run`() async throws {
        try await ScratchDatabase.with { database in
            let loader = try database.session(), extractor = try database.session()
            let id = try loader.transaction { try FenceLock.raise(pipeline: "p", streams: ["a"], to: 1, in: loader) }[0]
            try extractor.query("SET lock_timeout = '100ms'")
            try loader.query("BEGIN")
            try loader.query(FenceLock.sharedSQL, [.integer(Int64(id))])
            let blocked = refusal { try extractor.transaction { try FenceLock.raise(pipeline: "p", streams: ["a"], to: 2, in: extractor) } }
            #expect(blocked == "55P03")
            try loader.query("COMMIT")
            try extractor.query("BEGIN")
            try FenceLock.raise(pipeline: "p", streams: ["a"], to: 2, in: extractor)
            try loader.query("SET lock_timeout = '100ms'")
            let late = refusal { try loader.transaction { try loader.query(FenceLock.sharedSQL, [.integer(Int64(id))]) } }
            #expect(late == "55P03")
            try extractor.query("COMMIT")
            let fenced = try objection(id, run: 1, loader)
            #expect(fenced == "RC003")
        }
    }

    private func refusal<Value>(_ work: () throws -> Value) -> String? {
        do {
            _ = try work()
            return nil
        } catch { return (error as? PostgresError)?.sqlState }
    }
}
