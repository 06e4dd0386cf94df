import CommandLines
import Mapping
import Pipelines
import Postgres
import Schema
import Sources

/// What `extractor check` finds out about one pipeline: every row of its source is mapped, and nothing is written.
struct PipelineCheck: Sendable {
    let office: Office
    let pipeline: PipelineDefinition

    struct Outcome: Sendable {
        var pipeline: String
        var streams: [Stream] = []
        /// What kept it from being checked further: the source or the database is away, or a header is missing.
        var problems: [String] = []
        /// The source or the database is away, which no edit of the pipeline cures.
        var isUnreachable = false
        /// What the source lacks.
        var remarks: [String] = []
        var ratePlan: RatePlan?
        /// What each part of the source gave; empty for a source in one piece.
        var parts: [PartReport] = []

        var stops: Bool { !problems.isEmpty || streams.contains { $0.findings.contains { $0.severity == .stop } } }
        /// A part of the source can't be read.
        var isPartial: Bool { parts.contains { $0.failure != nil } }
        var warns: Bool {
            isPartial || parts.contains { $0.repeatedKeys > 0 } || streams.contains { $0.rejected > 0 || $0.findings.contains { $0.severity == .warn } }
        }
    }

    struct Stream: Sendable {
        var definition: StreamDefinition
        var header: ResolvedHeader
        var fields: [FieldTally]
        var findings: [SchemaFinding]
        var rows: Int
        var rejected: Int
    }

    func outcome() async -> Outcome {
        var outcome = Outcome(pipeline: pipeline.name)
        do {
            outcome.streams = try await streams(&outcome)
        } catch let error as HeaderError {
            outcome.problems = error.problems.map { "stream \(error.stream): \($0)" }
        } catch {
            outcome.problems = ["\(error)"]
            outcome.isUnreachable = exitCode(of: error) == .environment
        }
        return outcome
    }

    /// - Parameter outcome: takes what was learned on the way, also when it ends in an error.
    private func streams(_ outcome: inout Outcome) async throws -> [Stream] {
        let database = PostgresConnection(office.settings.database), source = try makeSource(pipeline.source, access: office.settings.sources)
        let header = try await source.open(), zone = try ZoneRules(named: pipeline.source.timeZone)
        (outcome.remarks, outcome.ratePlan) = (await source.remarks, await source.ratePlan)
        var mappings: [StreamMapping] = [], tables: [TableDefinition?] = []
        for stream in pipeline.streams {
            let table = try await database.perform { session in try TableDefinition.load(session, stream.table) }
            tables.append(table)
            mappings.append(try StreamMapping(stream, header: header, zone: zone, fields: nil, limits: table?.limits ?? [:]))
        }
        try await source.wantShown(mappings.reduce(into: Set()) { $0.formUnion($1.columnsToShow) })
        var rejected = [Int](repeating: 0, count: mappings.count)
        let certificate = try await SourcePass(source: source) { _ in try Task.checkCancellation() }.run { row, _ in
            for stream in mappings.indices {
                if case .rejected = mappings[stream].map(row) { rejected[stream] += 1 }
            }
        }
        outcome.parts = certificate.parts
        let migrations = MigrationFiles.load(folder: office.settings.migrationsPath, pipeline: pipeline.name)
        return pipeline.streams.indices.map { index in
            let definition = pipeline.streams[index], fields = mappings[index].fields
            return Stream(
                definition: definition, header: mappings[index].header, fields: fields,
                findings: SchemaCheck.findings(definition, table: tables[index], tallies: fields, migrations: migrations), rows: certificate.rows,
                rejected: rejected[index])
        }
    }
}
