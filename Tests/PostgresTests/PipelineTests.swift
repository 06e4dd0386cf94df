import Postgres
import TestSupport
import Testing

@Suite struct PipelineTests {
    private func withTable(_ body: (PostgresSession, ScratchDatabase) async throws -> Void) async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let session = try database.session()
            try session.query("CREATE TABLE t (n bigint PRIMARY KEY, text text)")
            try session.prepare("begin", "BEGIN")
            try session.prepare("insert", "INSERT INTO t VALUES ($1::bigint, $2)")
            try session.prepare("commit", "COMMIT")
            try session.enterPipelineMode()
            try await body(session, database)
        }
    }

    /// One word per answer: `2` rows done, an SQLSTATE, `-` for skipped, `|` for a Sync.
    private func answers(_ session: PostgresSession) throws -> [String] {
        var words: [String] = []
        while let answer = try session.nextAnswer() {
            switch answer {
            case .done(let rows): words.append("\(rows.affected)")
            case .failed(let error): words.append(error.code)
            case .skipped: words.append("-")
            case .synced: words.append("|")
            }
        }
        return words
    }

    private func batch(_ session: PostgresSession, _ numbers: Int64...) throws {
        try session.sendPrepared("begin")
        for number in numbers { try session.sendPrepared("insert", [.integer(number), "x"]) }
        try session.sendPrepared("commit")
        try session.sendSync()
    }

    @Test func `a failure skips the rest of its batch and leaves the batches around it alone`() async throws {
        try await withTable { session, _ in
            try batch(session, 1, 2)
            try batch(session, 3, 1, 4)
            // The failed transaction stays open until somebody rolls back: the server forgives at the Sync, not before.
            try session.sendPrepare("rollback", "ROLLBACK")
            try session.sendPrepared("rollback")
            try session.sendSync()
            try batch(session, 5)
            #expect(try answers(session) == ["0", "1", "1", "0", "|", "0", "1", "23505", "-", "-", "|", "0", "0", "|", "0", "1", "0", "|"])
            #expect(!session.hasAnswersDue)
            try session.exitPipelineMode()
            #expect(try session.query("SELECT n FROM t ORDER BY n").map { try $0.integer(0) } == [1, 2, 5])
        }
    }

    @Test func `parameters of the hot path are sent as they lie, NULL included`() async throws {
        try await withTable { session, _ in
            let text = "7\0" + "買主 ★\n\0"
            let bytes = Array(text.utf8CString)
            try bytes.withUnsafeBufferPointer { bytes in
                let first = try #require(bytes.baseAddress)
                let pointers: [UnsafePointer<CChar>?] = [first, first + 2]
                try pointers.withUnsafeBufferPointer { try session.sendPrepared("insert", $0) }
            }
            try session.sendSync()
            #expect(try answers(session) == ["1", "|"])
            try session.exitPipelineMode()
            #expect(try session.query("SELECT text FROM t WHERE n = 7").only().text(0) == "買主 ★\n")
        }
    }

    @Test func `answers can be read before the Sync while the transaction stays open`() async throws {
        try await withTable { session, database in
            try session.sendPrepared("begin")
            try session.sendPrepared("insert", [1, nil])
            try session.sendFlushRequest()
            guard case .done? = try session.nextAnswer(), case .done(let rows)? = try session.nextAnswer() else {
                Issue.record("BEGIN and INSERT were not answered")
                return
            }
            #expect(rows.affected == 1)
            #expect(try database.session().query("SELECT n FROM t").isEmpty)
            try session.sendPrepared("commit")
            try session.sendSync()
            #expect(try answers(session) == ["0", "|"])
            #expect(try database.session().query("SELECT n FROM t").count == 1)
        }
    }

    /// Both socket buffers fill: the server writes rows nobody reads while we write statements it does not read.
    @Test(.timeLimit(.minutes(2))) func `big batches in both directions do not stop each other`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let session = try database.session()
            try session.prepare("echo", "SELECT $1::text")
            try session.enterPipelineMode()
            let big = PostgresValue.text(String(repeating: "漢", count: 400_000))
            for _ in 0..<60 { try session.sendPrepared("echo", [big]) }
            try session.sendSync()
            var bytes = 0
            while let answer = try session.nextAnswer() {
                if case .done(let rows) = answer { bytes += try rows.only().text(0).utf8.count }
            }
            #expect(bytes == 60 * 1_200_000)
        }
    }

    @Test func `a server that dies in the middle of a pipeline is a lost connection, and what had committed stands`() async throws {
        try await PostgresCluster.with { cluster in
            try await ScratchDatabase.with(migrated: false, on: cluster) { database in
                let session = try database.session()
                try session.query("CREATE TABLE t (n bigint PRIMARY KEY)")
                try session.prepare("insert", "INSERT INTO t VALUES ($1::bigint)")
                try session.prepare("sleep", "SELECT pg_sleep(60)")
                try session.enterPipelineMode()
                try session.sendPrepared("insert", [1])
                try session.sendSync()
                guard case .done? = try session.nextAnswer(), case .synced? = try session.nextAnswer() else {
                    Issue.record("the first batch was not answered")
                    return
                }
                try session.sendPrepared("insert", [2])
                try session.sendPrepared("sleep")
                try session.sendSync()
                try cluster.restartImmediately()
                let error = #expect(throws: PostgresError.self) { while try session.nextAnswer() != nil {} }
                #expect(error?.isConnectionLoss == true)
                #expect(!session.isOpen)
                #expect(try database.session().query("SELECT n FROM t").map { try $0.integer(0) } == [1])
            }
        }
    }
}
