import Books
import Mapping
import Pipelines
import Postgres
import Sources

/// What is checked before a row is read: that the source has the headers, and the database the tables, that the pipeline names.
struct Preflight: Sendable {
    let pipeline: PipelineDefinition
    let scope: RunScope
    let source: any Source
    let database: PostgresConnection

    /// What a run needs to know of both sides, in the order of the pipeline's streams.
    struct Outcome: Sendable {
        var mappings: [StreamMapping] = []
        var tables: [TargetTable] = []
        /// By stream.
        var headers: [String: HeaderStamp] = [:]
    }

    /// - Throws: `SourceError`, `HeaderError`, `PreflightStop` with every finding that stops the run.
    func check() async throws -> Outcome {
        let header = try await source.open()
        let zone = try ZoneRules(named: pipeline.source.timeZone)
        var outcome = Outcome(), shown: Set<Int> = []
        for stream in pipeline.streams {
            let table = try await database.perform { session in try TargetTable(of: stream, session) }
            let mapping = try StreamMapping(stream, header: header, zone: zone, fields: scope.fields, limits: table.limits)
            outcome.headers[stream.name] = HeaderStamp(stream, mapping.header)
            outcome.tables.append(table)
            outcome.mappings.append(mapping)
            shown.formUnion(mapping.columnsToShow)
        }
        try await source.wantShown(shown)
        return outcome
    }
}

/// What of a target table a run needs to know.
struct TargetTable: Sendable {
    /// The key columns are written in SQL as record keys are, so that a row lost from the table by hand is seen.
    var hasPlainKey: Bool
    /// Lengths of `varchar(n)` columns, in characters.
    var limits: [String: Int]

    /// - Throws: `PreflightStop` when the table is not there.
    init(of stream: StreamDefinition, _ session: PostgresSession) throws {
        guard try session.query("SELECT to_regclass($1) IS NOT NULL", [.text(try qualified(stream.table))]).only().boolean(0) else {
            throw PreflightStop(findings: ["stream \(stream.name): the table \(stream.table) does not exist; create it, or correct `table` (\(stream.place))"])
        }
        let rows = try session.query(
            """
            SELECT attname, format_type(atttypid, NULL), CASE WHEN atttypid = 'varchar'::regtype AND atttypmod > 4 THEN atttypmod - 4 END
            FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped
            """, [.text(try qualified(stream.table))])
        var types: [String: String] = [:], limits: [String: Int] = [:]
        for row in rows {
            types[try row.text(0)] = try row.text(1)
            limits[try row.text(0)] = try row.optionalInteger(2).map { Int($0) }
        }
        self.limits = limits
        let plain: Set<String> = ["text", "character varying", "integer", "bigint", "smallint", "uuid"]
        hasPlainKey = stream.key.allSatisfy { types[$0].map { plain.contains($0) } ?? false }
    }
}

/// What stops a run before a row is read; each finding names its cure.
struct PreflightStop: Error, CustomStringConvertible {
    let findings: [String]
    var description: String { findings.joined(separator: "\n") }
}

extension Preflight.Outcome {
    /// The migration that cures what these rows wait for.
    func cure(for waiting: WaitingRows, _ settings: ExtractorSettings) -> String? { nil }
}
