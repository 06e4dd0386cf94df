import Failures
import JSONText
import Kafka
import Pipelines
import Postgres
import Records
import TestSupport
import Testing
import Topics

@testable import Loader

extension OnRealParts {
    /// Brokers, servers and tables that fail: nothing is lost, nothing counted twice, no row blamed (invariants 1 and 8).
    @Suite struct TroubleTests {
        @Test func `a server that is killed in mid-load loses nothing and counts nothing twice`() async throws {
            try await PostgresCluster.with { server in
                try await Stage.with(on: server) { stage in
                    try stage.begin(run: 1)
                    try await stage.send((1...3_000).map { stage.row("\($0)", run: 1, ordinal: UInt32($0)) })
                    try await stage.loading(["ROLLCALL_LOADER_PAUSE_BEFORE_COMMIT": "20ms"]) {
                        for round in 1...2 {
                            try await eventually("\(round * 300) rows are in") { try stage.next() >= Int64(round * 300) }
                            try server.restartImmediately()
                        }
                        try await stage.settled()
                    }
                    #expect(try stage.number("SELECT count(*) FROM buyers") == 3_000)
                    #expect(try stage.tallies(run: 1) == ["inserted": 3_000])
                    #expect(try stage.number("SELECT count(*) FROM sync_error_log") == 0)
                    let kinds = try await stage.alerts().map { $0.kind + ($0.isResolved ? " over" : "") }
                    #expect(kinds.contains("outage") && kinds.last == "outage over")
                }
            }
        }

        @Test func `a table that is missing holds its stream, and nothing fails`() async throws {
            try await Stage.with(table: "CREATE TABLE other (id text)") { stage in
                try stage.begin(run: 1)
                try await stage.send([stage.row("1", run: 1, ordinal: 1)])
                try await stage.loading {
                    try await eventually("an alert tells") { try await stage.alerts().contains { $0.kind == "schema" } }
                    #expect(try stage.next() == 0)
                    try stage.database.session().runScript(Stage.table)
                    try await stage.settled()
                }
                #expect(try stage.tallies(run: 1) == ["inserted": 1])
                #expect(try stage.number("SELECT count(*) FROM sync_error_log") == 0)
            }
        }

        @Test(arguments: ["40001", "XX000"])
        func `a row whose transaction alone is given up each time fails, and its neighbours land`(code: String) async throws {
            // A trigger that ends the transaction with a code of an outage: no refusal of the row, as PostgreSQL tells it.
            let table =
                Stage.table + """
                    ; CREATE FUNCTION choke() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                        IF new.note = 'choke' THEN RAISE EXCEPTION USING ERRCODE = '\(code)'; END IF; RETURN new; END $$;
                    CREATE TRIGGER choke BEFORE INSERT OR UPDATE ON buyers FOR EACH ROW EXECUTE FUNCTION choke()
                    """
            try await Stage.with(table: table) { stage in
                try stage.begin(run: 1)
                try await stage.load((1...20).map { stage.row("\($0)", ["note": $0 == 7 ? "choke" : "x"], run: 1, ordinal: UInt32($0)) })
                #expect(try stage.tallies(run: 1) == ["inserted": 19, "failed": 1])
                #expect(try stage.rows("SELECT record_key, error_type, error_code FROM sync_error_log") == [["7", "unknown", code]])
            }
        }

        @Test(arguments: ["XX000", "25P02", "42883"])
        func `a table that refuses every row alike holds its stream, spends nothing, and goes on by itself`(code: String) async throws {
            let table =
                Stage.table + """
                    ; CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = '\(code)'; END $$;
                    CREATE TRIGGER broken BEFORE INSERT OR UPDATE ON buyers FOR EACH ROW EXECUTE FUNCTION broken()
                    """
            try await Stage.with(table: table) { stage in
                try stage.begin(run: 1)
                try await stage.send((1...20).map { stage.row("\($0)", run: 1, ordinal: UInt32($0)) })
                try await stage.loading {
                    try await eventually("an alert tells") { try await stage.alerts().contains { !$0.isResolved } }
                    #expect(try stage.next() == 0)
                    try stage.database.session().runScript("DROP TRIGGER broken ON buyers")
                    try await stage.settled()
                    try await eventually("and tells that it is over") { try await stage.alerts().last?.isResolved == true }
                }
                #expect(try await stage.alerts().count == 2, "one alert, and its end")
                #expect(try stage.tallies(run: 1) == ["inserted": 20])
                #expect(try stage.number("SELECT count(*) FROM sync_error_log") == 0)
                #expect(try await stage.failures().isEmpty)
            }
        }

        /// A trigger that reads a column of its row, so that PL/pgSQL keeps that column's type for the session.
        private static let copying =
            Stage.table + """
                ; CREATE TABLE copies (key text, status text);
                CREATE FUNCTION copy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO copies VALUES (new.buyer_number, new.status); RETURN new; END $$;
                CREATE TRIGGER copy AFTER INSERT OR UPDATE ON buyers FOR EACH ROW EXECUTE FUNCTION copy()
                """

        @Test func `a trigger's memory of a column that was altered since is no fault of the rows`() async throws {
            try await Stage.with(table: TroubleTests.copying) { stage in
                try stage.begin(run: 1)
                try await stage.loading {
                    for round in 1...3 {
                        let first = UInt32((round - 1) * 20 + 1)
                        try await stage.send((first..<first + 20).map { stage.row("\($0)", ["status": "s"], run: 1, ordinal: $0) })
                        try await stage.settled()
                        try stage.database.session().runScript("ALTER TABLE buyers ALTER status TYPE \(round == 1 ? "text" : "varchar(80)")")
                    }
                }
                #expect(try stage.tallies(run: 1) == ["inserted": 60])
                #expect(try stage.number("SELECT count(*) FROM copies") == 60)
                #expect(try stage.number("SELECT count(*) FROM sync_error_log") == 0)
            }
        }

        @Test func `a row that a new session refuses for its type as well is refused, and the loader goes on`() async throws {
            let table =
                Stage.table + """
                    ; CREATE FUNCTION choke() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                        IF new.note = 'choke' THEN RAISE EXCEPTION USING ERRCODE = '42804'; END IF; RETURN new; END $$;
                    CREATE TRIGGER choke BEFORE INSERT OR UPDATE ON buyers FOR EACH ROW EXECUTE FUNCTION choke()
                    """
            try await Stage.with(table: table) { stage in
                try stage.begin(run: 1)
                try await stage.load((1...300).map { stage.row("\($0)", ["note": $0 % 50 == 7 ? "choke" : "x"], run: 1, ordinal: UInt32($0)) })
                #expect(try stage.tallies(run: 1) == ["inserted": 294, "failed": 6])
                #expect(try stage.rows("SELECT DISTINCT error_type, error_code FROM sync_error_log") == [["data_type", "42804"]])
            }
        }

        @Test(.enabled(if: TestBroker.offers(.topicsRecreate), "the broker makes no topic anew"), arguments: ["status", "note"])
        func `a failure that the brokers do not take is not counted, and nothing of its batch commits`(column: String) async throws {
            try await Stage.with(table: Stage.table + "; ALTER TABLE buyers ADD CHECK (length(note) < 50)") { stage in
                let admin = try KafkaAdmin(stage.broker.settings)
                func recreate(_ configuration: [String: String]) async throws {
                    try await admin.deleteTopics([stage.names.failures])
                    try await eventually("the topic is gone") { try await admin.partitionCount(of: stage.names.failures) == nil }
                    try await admin.ensureTopics([stage.names.failures], partitions: 1, configuration: configuration)
                }
                try await recreate(["max.message.bytes": "10"])  // No record is small enough for it.
                try stage.begin(run: 1)
                let long = String(repeating: "x", count: 60)  // Too long for `status` before it is sent; for `note` as the server finds.
                try await stage.send((1...20).map { stage.row("\($0)", $0 == 7 ? [column: .string(long)] : [:], run: 1, ordinal: UInt32($0)) })
                let applier = try stage.applier()
                await #expect(throws: KafkaError.self) { try await applier.run() }
                #expect(try stage.next() == 0)
                #expect(try stage.tallies(run: 1) == [:])
                #expect(try stage.number("SELECT (SELECT count(*) FROM buyers) + (SELECT count(*) FROM sync_error_log)") == 0)

                try await recreate([:])
                try await stage.load([])
                #expect(try stage.tallies(run: 1) == ["inserted": 19, "failed": 1])
                #expect(try await stage.failures().count == 1)
            }
        }

        @Test func `a constraint that is deferred to the end refuses its row only`() async throws {
            let table = Stage.table + "; ALTER TABLE buyers ADD CONSTRAINT one_status UNIQUE (status) DEFERRABLE INITIALLY DEFERRED"
            try await Stage.with(table: table) { stage in
                try stage.begin(run: 1)
                try await stage.load((1...10).map { stage.row("\($0)", ["status": .string($0 == 9 ? "s1" : "s\($0)")], run: 1, ordinal: UInt32($0)) })
                #expect(try stage.tallies(run: 1) == ["inserted": 9, "failed": 1])
                #expect(try stage.rows("SELECT error_code, constraint_name FROM sync_error_log") == [["23505", "one_status"]])
            }
        }

        @Test(.enabled(if: TestBroker.offers(.topicsRecreate), "the broker makes no topic anew"))
        func `a topic made anew is noticed at the next start, and the books tell`() async throws {
            try await Stage.with { stage in
                try stage.begin(run: 1)
                try await stage.load((1...50).map { stage.row("\($0)", run: 1, ordinal: UInt32($0)) })
                try await stage.recreateTopic()
                try stage.begin(run: 2)
                // The new topic regrows past the old position before the loader looks: the id before it is another.
                try await stage.load((1...80).map { stage.row("\($0)", ["status": "new"], run: 2, ordinal: UInt32($0)) })
                #expect(try stage.number("SELECT count(*) FROM buyers WHERE status = 'new'") == 80)
                #expect(try stage.tallies(run: 2) == ["inserted": 30, "updated": 50])
                #expect(try stage.rows("SELECT generation, next_offset FROM sync_offsets") == [["2", "80"]])
            }
        }

        @Test(.enabled(if: TestBroker.offers(.topicsRecreate), "the broker makes no topic anew"))
        func `a topic made anew under a loader that runs is noticed, though it has grown past the old one`() async throws {
            try await Stage.with { stage in
                try stage.begin(run: 1)
                try await stage.send((1...50).map { stage.row("\($0)", run: 1, ordinal: UInt32($0)) })
                try await stage.loading {
                    try await stage.settled()
                    try await stage.recreateTopic()
                    try stage.begin(run: 2)
                    try await stage.send((1...80).map { stage.row("\($0)", ["status": "new"], run: 2, ordinal: UInt32($0)) })
                    try await eventually("the new topic is settled from its beginning", within: .seconds(60)) {
                        try stage.rows("SELECT generation, next_offset FROM sync_offsets") == [["2", "80"]]
                    }
                }
                #expect(try stage.number("SELECT count(*) FROM buyers WHERE status = 'new'") == 80)
                #expect(try stage.tallies(run: 2) == ["inserted": 30, "updated": 50])
                #expect(try await stage.alerts().contains { $0.kind == "topic_recreated" })
            }
        }

        @Test(.enabled(if: TestBroker.offers(.deleteRecords), "the broker keeps every record"))
        func `records that went before they were applied are told, and the books do not balance`() async throws {
            try await Stage.with { stage in
                try stage.begin(run: 1)
                try await stage.load((1...50).map { stage.row("\($0)", run: 1, ordinal: UInt32($0)) })
                try await stage.send((51...80).map { stage.row("\($0)", run: 1, ordinal: UInt32($0)) })
                try await KafkaAdmin(stage.broker.settings).deleteRecords(KafkaPartition(topic: stage.names.changes, partition: 0), before: 60)
                try await stage.loading {
                    try await stage.settled()
                    try await eventually("an alert tells") { try await stage.alerts().contains { $0.kind == "records_expired" } }
                }
                #expect(try await stage.alerts().first { $0.kind == "records_expired" }?.message.contains("10") == true)
                #expect(try stage.number("SELECT count(*) FROM buyers") == 70)
                #expect(try stage.tallies(run: 1) == ["inserted": 70])
                #expect(try stage.rows("SELECT generation, next_offset FROM sync_offsets") == [["1", "80"]])
            }
        }

        @Test(.enabled(if: SmallDisk.isOffered, "this machine lets no test mount a small disk"))
        func `a disk that is full holds everything, and with room again all of it lands`() async throws {
            try await PostgresCluster.with { server in
                try await SmallDisk.with(kilobytes: 400) { disk in
                    try await Stage.with(table: "SELECT 1", on: server) { stage in
                        let session = try stage.database.session()
                        try session.query("CREATE TABLESPACE small LOCATION '\(disk.path)'")
                        try session.runScript(Stage.table)
                        try session.runScript("ALTER TABLE buyers SET TABLESPACE small; ALTER TABLE buyers ALTER note SET STORAGE plain")
                        try stage.begin(run: 1)
                        let long = JSONValue.string(String(repeating: "x", count: 1_000))
                        try await stage.send((1...1_000).map { stage.row("\($0)", ["note": long], run: 1, ordinal: UInt32($0)) })
                        try await stage.loading {
                            try await eventually("an alert tells") { try await stage.alerts().contains { $0.message.contains("53100") } }
                            let landed = try stage.number("SELECT count(*) FROM buyers")
                            #expect(landed > 0 && landed < 1_000)
                            #expect(try stage.tallies(run: 1) == ["inserted": landed])
                            try disk.makeRoom()
                            try await stage.settled()
                        }
                        #expect(try stage.number("SELECT count(*) FROM buyers") == 1_000)
                        #expect(try stage.tallies(run: 1) == ["inserted": 1_000])
                        #expect(try stage.number("SELECT count(*) FROM sync_error_log") == 0)
                        try session.runScript("DROP TABLE buyers")
                        try session.query("DROP TABLESPACE small")
                    }
                }
            }
        }

        @Test func `two loaders share the partitions, and each row lands once`() async throws {
            try await Stage.with(partitions: 4) { stage in
                try stage.begin(run: 1)
                for partition in 0..<4 {
                    let first = partition * 1_000
                    try await stage.send((first + 1...first + 1_000).map { stage.row("\($0)", run: 1, ordinal: UInt32($0)) }, partition: Int32(partition))
                }
                try await stage.loading(["ROLLCALL_LOADER_PAUSE_BEFORE_COMMIT": "10ms"]) {
                    try await eventually("the first one is at work") {
                        try stage.number("SELECT coalesce(sum(next_offset), 0)::bigint FROM sync_offsets") > 500
                    }
                    try await stage.loading { try await stage.settled() }
                }
                #expect(try stage.number("SELECT count(*) FROM buyers") == 4_000)
                #expect(try stage.tallies(run: 1) == ["inserted": 4_000])
            }
        }
    }
}
