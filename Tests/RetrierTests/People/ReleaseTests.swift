import CommandLines
import JSONText
import Postgres
import Reporting
import TestSupport
import Testing

@testable import Retrier

@Suite struct ReleaseTests {
    private func release(_ words: [String], _ database: ScratchDatabase, by person: String = "yamada@office") throws -> CommandReport {
        guard case .run(let command) = try Tool("retrier", summary: "", commands: [ReleaseEntries.self]).request(["release"] + words),
            let release = command as? ReleaseEntries
        else { throw NeverHeld(what: "the words are understood") }
        return try release.report(release.choice(), at: database.desk(person))
    }

    /// One entry in each state, named after it.
    private func prepare(_ session: PostgresSession) throws {
        for status in RetryEntry.Status.allCases {
            try QueueRow(key: status.rawValue, status: status, attempts: 4, isUnsent: status == .waitsForSource).insert(session)
        }
        try QueueRow(key: "worn", status: .permanentlyFailed, releases: Release.releasesMax).insert(session)
    }

    private func statuses(_ database: ScratchDatabase) throws -> [String] {
        try database.texts("SELECT record_key || ' ' || status || ' ' || releases || ' ' || budget_from FROM retry_queue ORDER BY record_key")
    }

    private static let before = [
        "claimed claimed 0 1", "dropped dropped 0 1", "pending pending 0 1", "permanently_failed permanently_failed 0 1", "sent sent 0 1",
        "waits_for_source waits_for_source 0 1", "worn permanently_failed 20 1",
    ]

    @Test func `named entries are released and recorded; each that is not is told with its reason, and the exit code says so`() async throws {
        try await ScratchDatabase.with { database in
            try prepare(database.session())
            let words = ["claimed", "dropped", "pending", "permanently_failed", "sent", "waits_for_source", "worn", "nobody"].map { "buyers/\($0)" }
            let report = try release(words, database)
            #expect(report.exitCode == .exceptions)
            #expect(report.summary == "3 entries released. 5 entries were left as they are.")
            #expect(
                try statuses(database) == [
                    "claimed claimed 0 1", "dropped pending 1 5", "pending pending 1 5", "permanently_failed pending 1 5", "sent sent 0 1",
                    "waits_for_source waits_for_source 0 1", "worn permanently_failed 20 1",
                ])
            #expect(
                report.result["left"]?.elements.map { "\($0["reason"]?.shown ?? "") \($0["entries"]?.elements.map(\.shown) ?? [])" } == [
                    #"unknown ["buyers/nobody"]"#, #"under_way ["buyers/claimed@42.7", "buyers/sent@42.7"]"#,
                    #"waits_for_source ["buyers/waits_for_source@42.row"]"#, #"released_too_often ["buyers/worn@42.7"]"#,
                ])
            for reason in [LeftAlone.unknown, .underWay, .waitsForSource, .releasedTooOften] { #expect(report.details.contains(reason.words)) }
            #expect(
                try database.texts(
                    "SELECT who || ' ' || action || ' ' || pipeline || ' ' || stream || ' ' || record_key || ' ' || entry FROM operator_actions ORDER BY 1")
                    == ["dropped", "pending", "permanently_failed"].map { "yamada@office release buyers buyers \($0) buyers/\($0)@42.7" })
            #expect(try database.texts("SELECT (next_retry_at <= retry_now())::text FROM retry_queue WHERE record_key = 'permanently_failed'") == ["true"])
        }
    }

    @Test func `a category releases what waits, but neither what a person dropped nor what is under way`() async throws {
        try await ScratchDatabase.with { database in
            try prepare(database.session())
            try QueueRow(key: "date", category: "data_type", code: "22007").insert(database.session())
            try QueueRow(pipeline: "vendors", key: "other", status: .permanentlyFailed).insert(database.session())
            let report = try release(["--category", "field_length", "--pipeline", "buyers"], database)
            #expect(report.exitCode == .success)
            #expect(report.summary == "2 entries released. 5 entries were left as they are.")
            #expect(report.result["released"] == ["buyers/pending@42.7", "buyers/permanently_failed@42.7"])
            #expect(
                try database.texts("SELECT record_key FROM retry_queue WHERE releases = 1 ORDER BY 1") == ["pending", "permanently_failed"])
            #expect(
                report.result["left"]?.elements.map { "\($0["reason"]?.shown ?? "") \($0["count"]?.shown ?? "")" } == [
                    "under_way 2", "waits_for_source 1", "dropped 1", "released_too_often 1",
                ])
            #expect(try database.texts("SELECT DISTINCT reason FROM operator_actions") == ["--category field_length"])
        }
    }

    @Test func `an incident releases its own entries, oldest first up to the limit, and says what is left for the next call`() async throws {
        try await ScratchDatabase.with { database in
            let session = try database.session()
            for number in 1...5 { try QueueRow(key: "\(number)", status: .permanentlyFailed, failedSecondsAgo: 100 - number).insert(session) }
            try QueueRow(key: "other", column: "name").insert(session)
            let first = try release(["--incident", QueueRow().incident, "--limit", "3"], database)
            #expect(first.result["released"] == ["buyers/1@42.7", "buyers/2@42.7", "buyers/3@42.7"])
            #expect(first.summary == "3 entries released. 2 more match; run it again for the next.")
            #expect(first.result["more"] == 2)
            #expect(try database.texts("SELECT releases::text FROM retry_queue ORDER BY record_key") == ["1", "1", "1", "0", "0", "0"])
            let error = #expect(throws: CommandFailure.self) { try release(["--incident", "nothing"], database) }
            #expect(error == CommandFailure(.usage, "there is no incident nothing; `retrier list` names those there are"))
        }
    }

    @Test func `a dry run says the same and writes nothing`() async throws {
        try await ScratchDatabase.with { database in
            try prepare(database.session())
            let before = try database.texts("SELECT q::text FROM retry_queue q ORDER BY id")
            let named = try release(["buyers/dropped", "buyers/sent@42.7", "--dry-run"], database)
            #expect(named.summary == "1 entry would be released; nothing was changed. 1 entry was left as it is.")
            let matching = try release(["--category", "field_length", "--dry-run"], database)
            #expect(matching.result["released"] == ["buyers/pending@42.7", "buyers/permanently_failed@42.7"])
            #expect(matching.result["dry_run"] == true)
            #expect(try database.texts("SELECT q::text FROM retry_queue q ORDER BY id") == before)
            #expect(try database.texts("SELECT who FROM operator_actions").isEmpty)
        }
    }

    @Test func `an entry that a retrier works on this moment is not waited for`() async throws {
        try await ScratchDatabase.with { database in
            let session = try database.session(), retrier = try database.session()
            for key in ["held", "free"] { try QueueRow(key: key).insert(session) }
            try retrier.query("BEGIN")
            try retrier.query("SELECT id FROM retry_queue WHERE record_key = 'held' FOR UPDATE")
            let named = try release(["buyers/held", "buyers/free"], database)
            #expect(named.result["released"] == ["buyers/free@42.7"])
            #expect(named.result["left"]?.elements.map { $0["reason"] } == ["busy"])
            let matching = try release(["--category", "field_length"], database)
            #expect(matching.result["released"] == ["buyers/free@42.7"])
            #expect(matching.result["left"]?.elements.map { $0["reason"] } == ["busy"])
            try retrier.query("ROLLBACK")
            #expect(try database.texts("SELECT releases::text FROM retry_queue ORDER BY record_key") == ["2", "0"])
        }
    }

    @Test func `nothing is released that cannot be recorded`() async throws {
        try await ScratchDatabase.with { database in
            try prepare(database.session())
            try database.session().query("ALTER TABLE operator_actions ADD CHECK (who <> 'nobody')")
            #expect(throws: PostgresError.self) { try release(["--category", "field_length"], database, by: "nobody") }
            #expect(throws: PostgresError.self) { try release(["buyers/pending"], database, by: "nobody") }
            #expect(try statuses(database) == ReleaseTests.before)
        }
    }

    @Test func `names that are all unknown are a mistake of whoever typed them`() async throws {
        try await ScratchDatabase.with { database in
            let error = #expect(throws: CommandFailure.self) { try release(["buyers/1", "buyers/2@3.4"], database) }
            #expect(error?.exitCode == .usage)
            #expect(error?.message.hasPrefix("buyers/1 and buyers/2@3.4: not in the queue") == true)
            let none = try release(["--category", "unknown"], database)
            #expect(none.summary == "0 entries released.")
        }
    }

    @Test(arguments: [
        [], ["buyers/1", "--category", "unknown"], ["buyers/1", "--incident", "i"], ["--limit", "0", "--category", "unknown"],
        ["buyers/1", "buyers/2", "--limit", "1"], ["6666"],
    ])
    func `words that do not go together are refused`(words: [String]) async throws {
        guard case .run(let command) = try Tool("retrier", summary: "", commands: [ReleaseEntries.self]).request(["release"] + words),
            let release = command as? ReleaseEntries
        else { throw NeverHeld(what: "the words are understood") }
        #expect(throws: UsageError.self) { try release.choice() }
    }

    @Test(arguments: [
        (["SUDO_USER": "yamada", "USER": "root"], "yamada"), (["USER": "yamada"], "yamada@host"), (["SUDO_USER": " ", "LOGNAME": "sato"], "sato@host"),
    ])
    func `who types is whom the machine knows`(environment: [String: String], name: String) {
        #expect(loginName(environment, host: "host") == name)
    }

    @Test func `a user without a name is known by number`() {
        #expect(loginName([:], host: "host").wholeMatch(of: #/uid-\d+@host/#) != nil)
    }
}
