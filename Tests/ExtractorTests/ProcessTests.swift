import Foundation
import Glibc
import Postgres
import TestSupport
import Testing

@testable import Extractor

extension WholeRuns {
    /// The executable itself: what it says and how it ends when people, files and servers are not as they should be.
    @Suite struct ProcessTests {
        private let pipelineFile = """
            pipeline: people
            source: { kind: csv, path: "${PEOPLE_CSV}", timeZone: Asia/Tokyo }
            streams:
              - stream: people
                table: people
                key: [id]
                columns:
                  - { from: id, to: id, type: text, required: true }
                  - { from: name, to: name, type: text }
                  - { from: note, to: note, type: text }
                  - { from: born, to: born, type: date }
            """

        private func start(_ trial: Trial, _ arguments: [String], _ environment: [String: String] = [:], schedule: String = "") throws -> ChildProcess {
            try Data((pipelineFile + "\n" + schedule).utf8).write(to: trial.folder.appending(path: "people.yaml"))
            let settings = trial.environment.merging(["PEOPLE_CSV": trial.folder.appending(path: "people.csv").path]) { $1 }
            return try ChildProcess("extractor", arguments, environment: settings.merging(environment) { $1 })
        }

        @Test func `help leads with examples and an unknown command is a usage error`() async throws {
            let help = try ChildProcess("extractor", ["sync", "--help"])
            #expect(try await help.wait() == .exited(0))
            #expect(help.output.contains("extractor sync buyers --dry-run"))
            let unknown = try ChildProcess("extractor", ["snyc"])
            #expect(try await unknown.wait() == .exited(2))
            #expect(unknown.errors.contains("did you mean `sync`?"))
        }

        @Test func `what a person must correct ends with 2 and names the place`() async throws {
            try await Trial.with { trial in
                let cases: [(file: String?, words: String)] = [
                    (nil, "people.csv"), ("", "empty"), ("id,name,note\n1,a,b\n", "no header \"born\""),
                    ("id,name,note,born,born\n1,a,b,,\n", "stands in columns D, E"), ("id,name,note,born\n1,\"a\n", "people.csv"),
                    ("id,name,note,born\n1,a\u{0},b,\n", "people.csv"),
                ]
                for (file, words) in cases {
                    if let file { try trial.write(text: file) } else { try FileManager.default.removeItem(at: trial.folder.appending(path: "people.csv")) }
                    let child = try start(trial, ["sync", "people", "--no-progress"])
                    #expect(try await child.wait() == .exited(2), "\(words)")
                    #expect(child.errors.contains(words), "expected \(words) in: \(child.errors)")
                    try trial.write([])
                }
                #expect(try trial.texts("SELECT DISTINCT status FROM sync_runs") == ["failed"])
                #expect(try await trial.changes().isEmpty)
            }
        }

        @Test func `a header without rows is held and says that the source is empty`() async throws {
            try await Trial.with { trial in
                let child = try start(trial, ["sync", "people", "--json", "--no-progress"])
                #expect(try await child.wait() == .exited(5))
                #expect(child.output.contains(#""outcome":"held","guard":"empty""#))
            }
        }

        @Test func `a missing table or column stops the run with its cure`() async throws {
            try await Trial.with { trial in
                try trial.write([Trial.Person(id: "1")])
                try trial.database.session().query("ALTER TABLE people DROP COLUMN born")
                let column = try start(trial, ["sync", "people", "--no-progress"])
                #expect(try await column.wait() == .exited(2))
                #expect(column.errors.contains("people has no column born") && column.errors.contains("ADD COLUMN"))
                try trial.database.session().query("DROP TABLE people")
                let table = try start(trial, ["check"])
                #expect(try await table.wait() == .exited(2))
                #expect(table.output.contains("the table people does not exist"))
            }
        }

        @Test func `a database or broker that is away ends with 3 and says which`() async throws {
            try await Trial.with { trial in
                try trial.write([Trial.Person(id: "1")])
                let database = try start(trial, ["sync", "people", "--no-progress"], ["DATABASE_URL": "postgresql://postgres@127.0.0.1:9/nowhere"])
                #expect(try await database.wait() == .exited(3))
                #expect(database.errors.contains("Postgres could not be reached"))
                let broker = try start(
                    trial, ["sync", "people", "--no-progress"], ["KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9", "ROLLCALL_DELIVERY_TIMEOUT": "2s"])
                #expect(try await broker.wait() == .exited(3))
                #expect(broker.errors.contains("Kafka"))
                #expect(try trial.texts("SELECT status FROM sync_runs") == ["failed"])
            }
        }

        @Test func `Ctrl-C closes the run as interrupted and ends with 130`() async throws {
            try await Trial.with { trial in
                try trial.write([Trial.Person(id: "1")])
                let child = try start(trial, ["sync", "people", "--no-progress"])
                try await eventually("the run waits for its books") { try !trial.texts("SELECT 1 FROM sync_runs WHERE emitted_at IS NOT NULL").isEmpty }
                child.signal(SIGINT)
                #expect(try await child.wait() == .exited(130))
                #expect(try trial.texts("SELECT status || ': ' || summary FROM sync_runs") == ["failed: Run 1 of people failed: interrupted."])
                #expect(try trial.texts("SELECT 1 FROM leases WHERE expires_at > now()") == [], "the lease is given back")
            }
        }

        @Test func `a second Ctrl-C ends it at once, though the database lets no run be closed`() async throws {
            try await Trial.with { trial in
                try trial.write([Trial.Person(id: "1")])
                let child = try start(trial, ["sync", "people", "--no-progress"], ["ROLLCALL_POSTGRES_LOCK_TIMEOUT": "60s"])
                try await eventually("the run waits for its books") { try !trial.texts("SELECT 1 FROM sync_runs WHERE emitted_at IS NOT NULL").isEmpty }
                let locker = try trial.database.session()
                try locker.query("BEGIN")
                try locker.query("LOCK TABLE sync_runs IN ACCESS EXCLUSIVE MODE")
                child.signal(SIGINT)
                try await eventually("its last words wait for the lock") {
                    try locker.query("SELECT 1 FROM pg_locks WHERE relation = 'sync_runs'::regclass AND NOT granted").isEmpty == false
                }
                #expect(child.isRunning)
                child.signal(SIGINT)
                #expect(try await child.wait() == .exited(130))
                try locker.query("ROLLBACK")
                #expect(try trial.texts("SELECT status FROM sync_runs") == ["running"], "nobody closed it, and nothing says otherwise")
            }
        }

        @Test func `brokers that go away in mid-run end it with 3, and the next run sends everything`() async throws {
            try await TestBroker.with { broker in
                try await Trial.with(settings: ["ROLLCALL_LEASE_TERM": "1s", "ROLLCALL_BOOKS_PATIENCE": "120s"], broker: broker) { trial in
                    try trial.write((1...20_000).map { Trial.Person(id: "\($0)", name: "n", note: "m", born: "2001-01-01") })
                    let child = try start(trial, ["sync", "people", "--no-progress"], ["ROLLCALL_DELIVERY_TIMEOUT": "3s"])
                    try await eventually("the plan is written") { try !trial.texts("SELECT 1 FROM run_streams WHERE planned_at IS NOT NULL").isEmpty }
                    child.signal(SIGSTOP)  // Or it might be done before the broker is gone.
                    try broker.kill()
                    child.signal(SIGCONT)
                    #expect(try await child.wait() == .exited(3))
                    #expect(child.errors.contains("Kafka"), "\(child.errors)")
                    #expect(try trial.texts("SELECT status FROM sync_runs") == ["failed"])
                    try broker.start()
                    let second = try await trial.settledRun()
                    #expect(second.word == .complete)
                    #expect(second.books.plan.upserts == 20_000)
                    #expect(try trial.texts("SELECT count(*) FROM people") == ["20000"])
                }
            }
        }

        @Test func `a password that is wrong ends with 3 and says so, and not the password`() async throws {
            try await PostgresCluster.with { server in
                try await Trial.with(on: server) { trial in
                    try trial.write([Trial.Person(id: "1")])
                    try server.demandPassword(of: "clerk", "the right one")
                    let url = trial.database.url.replacing("postgres@", with: "clerk:swordfish@")
                    for command in [["sync", "people", "--no-progress"], ["check"]] {
                        let child = try start(trial, command, ["DATABASE_URL": url])
                        #expect(try await child.wait() == .exited(3))
                        let said = child.errors + child.output
                        #expect(said.contains("28P01") && said.contains("correct the user or the password"), Comment(rawValue: said))
                        #expect(!said.contains("swordfish"))
                    }
                }
            }
        }

        @Test(.enabled(if: SmallDisk.isOffered, "this machine lets no test mount a small disk"))
        func `a disk that is full ends the run with 3, and with room again it does all of it`() async throws {
            try await PostgresCluster.with { server in
                try await SmallDisk.with(kilobytes: 64) { disk in
                    try await Trial.with(on: server) { trial in
                        try trial.write([Trial.Person(id: "1")])
                        let session = try trial.database.session()
                        try session.query("CREATE TABLESPACE small LOCATION '\(disk.path)'")
                        try session.query("ALTER TABLE run_streams SET TABLESPACE small")
                        try disk.fill()
                        let child = try start(trial, ["sync", "people", "--no-progress"])
                        #expect(try await child.wait() == .exited(3))
                        #expect(child.errors.contains("53100"), "\(child.errors)")
                        #expect(try trial.texts("SELECT status FROM sync_runs") == ["failed"])
                        #expect(try await trial.changes().isEmpty, "nothing leaves before the books have it")
                        try disk.makeRoom()
                        let second = try await trial.settledRun()
                        #expect(second.word == .complete && second.books.plan.upserts == 1)
                        try session.query("ALTER TABLE run_streams SET TABLESPACE pg_default")
                        try session.query("DROP TABLESPACE small")
                    }
                }
            }
        }

        @Test func `as a service it runs by its schedule, also after a run that failed, until it is told to stop`() async throws {
            try await Trial.with(settings: ["ROLLCALL_BOOKS_PATIENCE": "100ms", "ROLLCALL_LOG_LEVEL": "info", "ROLLCALL_HEALTH_PORT": "0"]) { trial in
                try FileManager.default.removeItem(at: trial.folder.appending(path: "people.csv"))
                let child = try start(trial, ["run"], schedule: "schedule: { every: 1s }")
                try await eventually("the first run fails, since there is no file") {
                    try trial.texts("SELECT DISTINCT status FROM sync_runs") == ["failed"]
                }
                try trial.write([Trial.Person(id: "1")])
                try await eventually("later runs find it") {
                    try trial.texts("SELECT 1 FROM sync_runs WHERE status = 'unbalanced'").count >= 2  // Nobody settles them.
                }
                child.signal(SIGTERM)
                #expect(try await child.wait() == .exited(143))
                #expect(try trial.texts("SELECT 1 FROM leases WHERE expires_at > now()") == [], "the lease is given back")
                #expect(try trial.texts("SELECT 1 FROM sync_runs WHERE status = 'running'") == [])
            }
        }

        @Test func `a run killed between plan and sending is closed by the next one, which sends everything`() async throws {
            try await Trial.with(settings: ["ROLLCALL_LEASE_TERM": "1s", "ROLLCALL_BOOKS_PATIENCE": "120s"]) { trial in
                let people = (1...5_000).map { Trial.Person(id: "\($0)", name: "n", note: "m", born: "2001-01-01") }
                try trial.write(people)
                let child = try start(trial, ["sync", "people", "--no-progress"])
                try await eventually("the plan is written") { try !trial.texts("SELECT 1 FROM run_streams WHERE planned_at IS NOT NULL").isEmpty }
                child.signal(SIGKILL)
                #expect(try await child.wait() == .signalled(SIGKILL))
                let second = try await trial.settledRun()
                #expect(second.word == .complete)
                #expect(second.books.plan.upserts == 5_000)
                #expect(try trial.texts("SELECT status FROM sync_runs ORDER BY run") == ["failed", "complete"])
                #expect(try trial.texts("SELECT count(*) FROM people") == ["5000"])
            }
        }

        @Test func `each hundred rows and the closing of a run are lines of its log`() async throws {
            try await Trial.with { trial in
                try trial.write((1...250).map { Trial.Person(id: "\($0)") })
                let child = try start(trial, ["sync", "people", "--no-progress"], ["ROLLCALL_LOG_LEVEL": "debug", "ROLLCALL_BOOKS_PATIENCE": "200ms"])
                #expect(try await child.wait() == .exited(5), "nobody settles it")
                let batches = child.errors.split(separator: "\n").filter { $0.contains("Batch of rows decided") }
                #expect(batches.map { String($0.firstMatch(of: /"rows":"(\d+)"/)?.1 ?? "") } == ["100", "200", "250"])
                let closed = try #require(child.errors.split(separator: "\n").first { $0.contains("Run closed") })
                #expect(closed.contains("duration_ms") && closed.contains("rows_per_second"))
            }
        }
    }
}
