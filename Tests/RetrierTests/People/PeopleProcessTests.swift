import Foundation
import JSONText
import Postgres
import TestSupport
import Testing

@testable import Retrier

/// The executable itself: what its commands for people say and how they end.
@Suite struct PeopleProcessTests {
    private func retrier(_ words: [String], _ database: ScratchDatabase? = nil, _ more: [String: String] = [:]) async throws -> (
        code: Int32, output: String, errors: String
    ) {
        let environment = (database.map { ["DATABASE_URL": $0.url] } ?? [:]).merging(more) { $1 }
        let child = try ChildProcess("retrier", words, environment: environment)
        guard case .exited(let code) = try await child.wait() else { throw NeverHeld(what: "the process exits") }
        return (code, child.output, child.errors)
    }

    @Test(arguments: ["list", "show", "release", "drop", "export"])
    func `help leads with examples`(name: String) async throws {
        let help = try await retrier([name, "--help"])
        #expect(help.code == 0)
        let example = try #require(help.output.range(of: "$ retrier \(name) ")?.lowerBound ?? help.output.range(of: "$ retrier \(name)\n")?.lowerBound)
        let flag = try #require(help.output.range(of: "--json  ")?.lowerBound)
        #expect(example < flag)
    }

    @Test func `what a person must correct ends with 2 and says what was expected`() async throws {
        try await ScratchDatabase.with { database in
            let cases: [(words: [String], message: String)] = [
                (["list", "--status", "waiting"], "expected pending | claimed | sent"), (["list", "--since", "yesterday"], "expected TIME"),
                (["list", "--limit", "-1"], "--limit"), (["show"], "missing ID"), (["show", "6666"], "expected its id"),
                (["show", "buyers/6666"], "nothing is known of buyers/6666"), (["release"], "nothing is named"),
                (["release", "buyers/6666@1.2"], "buyers/6666@1.2: not in the queue"), (["release", "--incident", "x"], "there is no incident x"),
                (["drop", "buyers/6666"], "missing --reason"), (["drop", "buyers/6666", "--reason", " "], "--reason is blank"),
                (["drop", "buyers/6666", "--reason", "x"], "buyers/6666: not in the queue"), (["export"], "missing --rejects"),
                (["export", "--rejects", "/nonexistent/x.csv"], "/nonexistent/x.csv"),
            ]
            for (words, message) in cases {
                let ending = try await retrier(words, database)
                #expect(ending.code == 2, "\(words)")
                #expect(ending.errors.contains(message), "\(words): expected \(message) in \(ending.errors)")
                #expect(ending.output.isEmpty)
            }
            let json = try await retrier(["show", "buyers/6666", "--json"], database)
            #expect(json.code == 2)
            let envelope = try JSONValue(parsing: Array(json.output.utf8))
            #expect(envelope["ok"] == false)
            #expect(envelope["error"]?["exit_code"] == 2)
        }
    }

    @Test func `a database that is away, or not migrated, or not named, is told`() async throws {
        let away = ["DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "ROLLCALL_POSTGRES_CONNECT_TIMEOUT": "5s"]
        let all = [["list"], ["show", "buyers/1"], ["release", "buyers/1"], ["drop", "buyers/1", "--reason", "x"], ["export", "--rejects", "-"]]
        for words in all {
            let ending = try await retrier(words, nil, away)
            #expect(ending.code == 3, "\(words)")
            #expect(ending.errors.contains("Postgres could not be reached"))
            let nowhere = try await retrier(words)
            #expect(nowhere.code == 2)
            #expect(nowhere.errors.contains("DATABASE_URL"))
        }
        try await ScratchDatabase.with(migrated: false) { database in
            let bare = try await retrier(["list"], database)
            #expect(bare.code == 3)
            #expect(bare.errors.contains("monitor migrate"))
            try database.session().query("CREATE TABLE sync_runs (run bigint)")
            let old = try await retrier(["list"], database)
            #expect(old.code == 3)
            #expect(old.errors.contains("monitor migrate"))
        }
    }

    @Test func `no command shows the content of a row`() async throws {
        try await ScratchDatabase.with { database in
            let session = try database.session(), row = QueueRow()
            try row.insert(session)
            try row.owe(session)
            for words in [
                ["list"], ["show", row.id], ["export", "--rejects", "-"], ["release", row.id, "--dry-run"], ["drop", row.id, "--reason", "x", "--dry-run"],
            ] {
                for more in [[], ["--json"]] {
                    let ending = try await retrier(words + more, database)
                    #expect(ending.code == 0)
                    #expect(ending.output.contains("6666"))
                    #expect(!(ending.output + ending.errors).contains(QueueRow.secret))
                }
            }
        }
    }

    @Test func `ROLLCALL_OPERATOR is who did it, and left entries end with 4`() async throws {
        try await ScratchDatabase.with { database in
            try QueueRow().insert(database.session())
            try QueueRow(key: "sent", status: .sent).insert(database.session())
            let ending = try await retrier(["release", "buyers/6666", "buyers/sent"], database, ["ROLLCALL_OPERATOR": "山田", "SUDO_USER": "root"])
            #expect(ending.code == 4)
            #expect(ending.output.hasSuffix("1 entry released. 1 entry was left as it is.\n"))
            #expect(try await retrier(["drop", "buyers/6666", "--reason", "x"], database, ["SUDO_USER": "sato"]).code == 0)
            #expect(try database.texts("SELECT who FROM operator_actions ORDER BY id") == ["山田", "sato"])
        }
    }

    @Test func `an export to standard output leaves the report to standard error; one to a file says where it is`() async throws {
        try await ScratchDatabase.with { database in
            try QueueRow().insert(database.session())
            let piped = try await retrier(["export", "--rejects", "-"], database)
            #expect(piped.code == 0)
            #expect(piped.output.hasPrefix("\u{FEFF}pipeline,stream,"))
            #expect(piped.output.utf8.split(separator: UInt8(ascii: "\n")).count == 2)
            #expect(piped.errors == "1 line written to standard output.\n")
            let folder = try ScratchFolder()
            let path = folder.path + "/rejects.csv"
            #expect(try await retrier(["export", "--rejects", path], database).output == "1 line written to \(path).\n")
            // Foundation takes the mark away from a text; the bytes have it.
            #expect(try Data(contentsOf: URL(filePath: path)) == Data(piped.output.utf8))
            #expect(try await retrier(["export", "--rejects", path], database).code == 2)
            #expect(try await retrier(["export", "--rejects", path, "--force"], database).code == 0)
        }
    }
}
