import Postgres
import TestSupport
import Testing

/// Stands in every value here; it must stand in no error.
private let marker = "PII-4410"

@Suite struct ErrorTests {
    private static let table = """
        CREATE TABLE people (id bigint PRIMARY KEY, name varchar(5), born date, kind text CONSTRAINT people_kind CHECK (kind <> 'PII-4410'), boss bigint REFERENCES people);
        CREATE FUNCTION speak() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN EXECUTE format('SELECT %I', NEW.kind); RETURN NEW; END $$;
        CREATE TABLE loud (kind text);
        CREATE TRIGGER speaks BEFORE INSERT ON loud FOR EACH ROW EXECUTE FUNCTION speak();
        CREATE TABLE keyed (key text PRIMARY KEY);
        INSERT INTO keyed VALUES ('PII-4410');
        """

    @Test(
        arguments: [
            ("INSERT INTO people (id, name) VALUES (1, $1)", "22001", nil, nil),
            ("INSERT INTO people (id, born) VALUES (1, $1)", "22007", nil, nil),
            ("SELECT $1::text::integer", "22P02", nil, nil),
            ("INSERT INTO people (id, kind) VALUES (1, $1)", "23514", "people", "people_kind"),
            ("INSERT INTO keyed VALUES ($1)", "23505", "keyed", "keyed_pkey"),
            ("INSERT INTO loud VALUES ($1)", "42703", nil, nil),
            ("INSERT INTO people (id, boss, name) VALUES (1, 99, left($1, 2))", "23503", "people", "people_boss_fkey"),
            ("INSERT INTO people (id, name) VALUES (NULL, left($1, 2))", "23502", "people", nil),
        ] as [(String, String, String?, String?)])
    func `a refusal names code, table and constraint, and never a value`(sql: String, sqlState: String, table: String?, constraint: String?) async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let session = try database.session()
            try session.runScript(ErrorTests.table)
            let error = #expect(throws: PostgresError.self) { try session.query(sql, [.text(marker)]) }
            #expect(error?.sqlState == sqlState)
            #expect(error?.kind == .refused)
            #expect(error?.table == table)
            #expect(error?.constraint == constraint)
            var everything = error?.description ?? ""
            dump(error, to: &everything)
            #expect(!everything.contains("4410"))
            #expect(try session.query("SELECT 1").only().integer(0) == 1)
        }
    }

    @Test func `a table that is not there is named, since statements carry no values`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let error = #expect(throws: PostgresError.self) { try database.session().query("SELECT * FROM nowhere") }
            #expect(error?.sqlState == "42P01")
            #expect(error?.description.contains("nowhere") == true)
        }
    }

    @Test func `NUL is refused before anything is sent, and the parameter named`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let session = try database.session()
            let error = #expect(throws: PostgresError.self) { try session.query("SELECT $1::text, $2::text", ["fine", .text("\(marker)\0cut")]) }
            #expect(error?.kind == .nulCharacter)
            #expect(error?.description.contains("$2") == true)
            #expect(error?.description.contains("4410") == false)
            #expect(throws: PostgresError.self) { try session.query("SELECT $1::text[]", [.texts(["a", "b\0c"])]) }
            #expect(try session.query("SELECT 1").only().integer(0) == 1)
        }
    }

    @Test func `a refusal is a row's or a statement's; a terminated session is lost`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let session = try database.session(), other = try database.session()
            try other.query("SELECT pg_terminate_backend($1::integer)", [.integer(Int64(session.serverProcess))])
            try await eventually("the server has ended the session") {
                try other.query("SELECT 1 FROM pg_stat_activity WHERE pid = $1::integer", [.integer(Int64(session.serverProcess))]).isEmpty
            }
            let error = #expect(throws: PostgresError.self) { try session.query("SELECT 1") }
            #expect(error?.isConnectionLoss == true)
            #expect(error?.sqlState == "57P01")
            #expect(!session.isOpen)
        }
    }

    @Test func `a silent wire is given up at the answer time-out`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            var settings = database.settings()
            (settings.statementTimeout, settings.answerTimeout) = (.zero, .milliseconds(300))
            let session = try PostgresSession.connect(settings)
            let error = #expect(throws: PostgresError.self) { try session.query("SELECT pg_sleep(60)") }
            #expect(error?.kind == .connectionLost)
            #expect(!session.isOpen)
        }
    }

    @Test func `the time-outs of statement, lock and idle transaction hold`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            var settings = database.settings()
            (settings.statementTimeout, settings.lockTimeout, settings.idleInTransactionTimeout) = (.milliseconds(300), .milliseconds(100), .milliseconds(300))
            let session = try PostgresSession.connect(settings), other = try database.session()
            #expect(throws: PostgresError.self) { try session.query("SELECT pg_sleep(60)") }
            try other.runScript("CREATE TABLE t (n bigint); INSERT INTO t VALUES (1)")
            try other.transaction {
                try other.query("LOCK TABLE t")
                let blocked = #expect(throws: PostgresError.self) { try session.query("SELECT * FROM t") }
                #expect(blocked?.sqlState == "55P03")
            }
            try session.query("BEGIN")
            try await eventually("the idle transaction has been ended") {
                try other.query("SELECT 1 FROM pg_stat_activity WHERE pid = $1::integer", [.integer(Int64(session.serverProcess))]).isEmpty
            }
            let idle = #expect(throws: PostgresError.self) { try session.query("SELECT 1") }
            #expect(idle?.isConnectionLoss == true)
            #expect(idle?.sqlState == "25P03")
        }
    }
}
