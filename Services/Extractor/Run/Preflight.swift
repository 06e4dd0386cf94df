import Books
import Mapping
import Pipelines
import Postgres
import Schema
import Sources

/// What is checked before a row is read: that the source has the headers, and the database the tables, that the pipeline names.
struct Preflight: Sendable {
    let pipeline: PipelineDefinition
    let scope: RunScope
    let source: any Source
    let database: PostgresConnection
    /// Of the pipeline's own tables, to name the one that cures a finding.
    let migrations: MigrationFiles

    /// What a run needs to know of both sides, in the order of the pipeline's streams.
    struct Outcome: Sendable {
        var mappings: [StreamMapping] = []
        var tables: [TableDefinition] = []
        /// By stream.
        var headers: [String: HeaderStamp] = [:]
    }

    /// - Throws: `SourceError`, `HeaderError`, `PreflightStop` with every finding that stops the run.
    func check() async throws -> Outcome {
        let header = try await source.open()
        let zone = try ZoneRules(named: pipeline.source.timeZone)
        var outcome = Outcome(), stops: [SchemaFinding] = [], shown: Set<Int> = []
        for stream in pipeline.streams {
            let table = try await database.perform { session in try TableDefinition.load(session, stream.table) }
            stops += SchemaCheck.findings(stream, table: table, migrations: migrations).filter { $0.severity == .stop }
            guard let table else { continue }
            let mapping = try StreamMapping(stream, header: header, zone: zone, fields: scope.fields, limits: table.limits)
            outcome.headers[stream.name] = HeaderStamp(stream, mapping.header)
            outcome.tables.append(table)
            outcome.mappings.append(mapping)
            shown.formUnion(mapping.columnsToShow)
        }
        guard stops.isEmpty else { throw PreflightStop(findings: stops) }
        try await source.wantShown(shown)
        return outcome
    }
}

/// What stops a run before a row is read; each finding names its cure.
struct PreflightStop: Error, CustomStringConvertible {
    let findings: [SchemaFinding]
    var description: String { findings.map(\.description).joined(separator: "\n") }
}

extension TableDefinition {
    /// Lengths of text columns, in characters.
    var limits: [String: Int] {
        Dictionary(columns.compactMap { column in column.lengthMax.map { (column.name, $0) } }) { first, _ in first }
    }

    /// Whether keys stand in the table as they do in records, so that a row lost from it by hand can be seen by comparing texts.
    func hasPlainKey(_ key: [String]) -> Bool {
        key.allSatisfy { name in column(name).map { ["text", "varchar", "int2", "int4", "int8", "uuid"].contains($0.baseType) } ?? false }
    }
}

extension [SchemaFinding] {
    /// What cures the column that rows wait for.
    func cure(for waiting: WaitingRows) -> String? {
        first { $0.stream == waiting.stream && $0.column != nil && $0.column == waiting.column }?.cure.description
    }
}
