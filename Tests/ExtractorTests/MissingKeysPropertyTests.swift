import Mapping
import Pipelines
import Postgres
import Records
import TestSupport
import Testing
import Text

@testable import Extractor

extension WholeRuns {
    /// What the source has and the table lacks is found and brought over, whatever the books believe.
    @Suite(.serialized) struct MissingKeysPropertyTests {
        /// One for all cases, so that topics are made once.
        private static let prefix = TestBroker.uniqueName("missing")

        @Test(
            "B2: exactly the keys that the source has and the database lacks are named", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
        func missing(seed: UInt64) async throws {
            var random = SeededGenerator(seed)
            try await trial(seed) { trial in
                let missing = try scatter(people(&random), in: trial, &random)
                let forecast = try await trial.dryRun()
                #expect(Set(forecast.missing.map(\.text)) == missing, "seed \(seed)")
                #expect(forecast.missing.count == missing.count, "each once")
                #expect(try trial.texts("SELECT count(*) FROM sync_runs") == ["0"], "a dry run writes nothing")
            }
        }

        @Test("B3: rows that were missing exist after a sync", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
        func synced(seed: UInt64) async throws {
            var random = SeededGenerator(seed)
            try await trial(seed) { trial in
                let people = people(&random)
                _ = try scatter(people, in: trial, &random)
                let result = try await trial.settledRun()
                #expect(result.word == .complete, "seed \(seed)")
                #expect(Set(try trial.texts("SELECT id FROM people WHERE deleted_at IS NULL")) == Set(people.map(\.id)), "seed \(seed)")
            }
        }

        private func trial(_ seed: UInt64, _ body: (Trial) async throws -> Void) async throws {
            let settings = ["ROLLCALL_TOPIC_PREFIX": MissingKeysPropertyTests.prefix, "ROLLCALL_TOPIC_PARTITIONS": "1"]
            try await Trial.with(deletes: .ignore, guards: Guards(shrink: .whole(100), deletes: .whole(100)), settings: settings) { trial in
                // The cases share their topics and not their books: their runs must not have the same numbers.
                try trial.database.session().query("ALTER TABLE sync_runs ALTER run RESTART WITH \(seed * 1_000)")
                try await body(trial)
            }
        }

        private func people(_ random: inout SeededGenerator) -> [Trial.Person] {
            let odd = ["か\u{3099}", "が", "a/b", "100%", "x@y", "é"]
            let numbers = (0..<Int.random(in: 1...40, using: &random)).map { "\($0)" }
            // Some of these are one key after NFKC, and would be repeated.
            let keys = numbers + [odd.randomElement(using: &random) ?? "", "a/b/c"]
            return keys.map { Trial.Person(id: nfkc($0), name: "n\(Int.random(in: 0...3, using: &random))") }
        }

        /// Writes the source, puts some rows into the table, tells the books of some; in any combination.
        /// - Returns: the record keys of the rows that the table lacks.
        private func scatter(_ people: [Trial.Person], in trial: Trial, _ random: inout SeededGenerator) throws -> Set<String> {
            try trial.write(people)
            let session = try trial.database.session()
            var missing: Set<String> = []
            for person in people {
                let key = RecordKey(values: [person.id])
                if Bool.random(using: &random) {
                    try session.query("INSERT INTO people (id, name) VALUES ($1, $2)", [.text(person.id), .text(person.name)])
                } else {
                    missing.insert(key.text)
                }
                if Bool.random(using: &random) {
                    let fields = #"{"born":null,"name":"\#(person.name)","note":null}"#
                    let hash = Array(fields.utf8).withUnsafeBytes { RowHash(canonicalFields: $0) }
                    try session.query(
                        """
                        INSERT INTO sync_rows (pipeline, stream, key, sequence, hash, run, synced_at) VALUES ('people', 'people', $1, 1, $2, 0, now())
                        """, [.text(key.text), .integer(hash.signed)])
                }
            }
            return missing
        }
    }
}
