import Postgres
import TestSupport
import Testing

@Suite struct TransactionTests {
    private struct Changed: Error {}

    private func withTable(_ body: (PostgresSession) throws -> Void) async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let session = try database.session()
            try session.query("CREATE TABLE t (n bigint PRIMARY KEY)")
            try body(session)
        }
    }

    private func numbers(_ session: PostgresSession) throws -> [Int64] { try session.query("SELECT n FROM t ORDER BY n").map { try $0.integer(0) } }

    @Test func `what throws is rolled back, what returns is committed`() async throws {
        try await withTable { session in
            #expect(throws: Changed.self) {
                try session.transaction {
                    try session.query("INSERT INTO t VALUES (1)")
                    throw Changed()
                }
            }
            #expect(!session.isInTransaction)
            try session.transaction { try session.query("INSERT INTO t VALUES (2)") }
            #expect(try numbers(session) == [2])
        }
    }

    @Test func `a savepoint undoes only its own work, also within another`() async throws {
        try await withTable { session in
            var failures: [String] = []
            try session.transaction {
                try session.query("INSERT INTO t VALUES (1)")
                try session.savepoint {
                    try session.query("INSERT INTO t VALUES (2)")
                    do { try session.savepoint { try session.query("INSERT INTO t VALUES (2)") } } catch { failures.append("\(type(of: error))") }
                    try session.query("INSERT INTO t VALUES (3)")
                }
                do { try session.savepoint { try insertAndThrow(4, session) } } catch { failures.append("\(type(of: error))") }
            }
            #expect(failures == ["PostgresError", "Changed"])
            let left = try numbers(session)
            #expect(left == [1, 2, 3])
        }
    }

    private func insertAndThrow(_ number: Int64, _ session: PostgresSession) throws {
        try session.query("INSERT INTO t VALUES ($1::bigint)", [.integer(number)])
        throw Changed()
    }

    @Test func `a COMMIT that Postgres turned into ROLLBACK is no success`() async throws {
        try await withTable { session in
            #expect(throws: PostgresError.self) {
                try session.transaction {
                    try session.query("INSERT INTO t VALUES (1)")
                    // Somebody forgets that a failed statement failed the transaction.
                    _ = Result { try session.query("SELECT 1/0") }
                }
            }
            let left = try numbers(session)
            #expect(left.isEmpty)
        }
    }

    @Test func `a deferred constraint is told at COMMIT`() async throws {
        try await withTable { session in
            try session.query("CREATE TABLE child (n bigint REFERENCES t DEFERRABLE INITIALLY DEFERRED)")
            let error = #expect(throws: PostgresError.self) { try session.transaction { try session.query("INSERT INTO child VALUES (7)") } }
            #expect(error?.sqlState == "23503")
            #expect(error?.isOutcomeUnknown == false)
            #expect(!session.isInTransaction)
        }
    }

    @Test func `a connection lost while COMMIT is under way leaves the outcome unknown`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            var settings = database.settings()
            settings.answerTimeout = .milliseconds(500)
            let session = try PostgresSession.connect(settings), other = try database.session()
            // The COMMIT itself waits: a deferred trigger sleeps in it.
            try other.runScript(
                """
                CREATE TABLE t (n bigint);
                CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(30); RETURN NULL; END $$;
                CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slow();
                """)
            let error = #expect(throws: PostgresError.self) { try session.transaction { try session.query("INSERT INTO t VALUES (1)") } }
            #expect(error?.isOutcomeUnknown == true)
        }
    }
}
