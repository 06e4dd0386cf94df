import Books
import JSONText
import Kafka
import Mapping
import Pipelines
import Postgres
import Records
import Reporting
import Schema
import Sources

/// `extractor sync --dry-run`: reads and decides as a run does, and writes nothing anywhere: no run, no lease, no record.
///
/// Without a fence an older run's changes may still be on their way, so it tells what a run would do if nothing else were happening.
struct DryRun: Sendable {
    let office: Office
    let pipeline: PipelineDefinition
    let scope: RunScope
    let watch: RunWatch

    /// One stream's share of what would be done.
    struct Forecast: Sendable {
        var stream: String
        var plan: StreamPlan
        var guards: [TrippedGuard]
        /// Keys that the source has and the database lacks (B2).
        var missing: [RecordKey] = []
        /// Keys of both whose rows differ, with the columns that do.
        var changed: [(key: RecordKey, fields: [String])] = []
        var deleted: [RecordKey] = []
    }

    func report() async throws -> CommandReport {
        defer { watch.bar?.finish() }
        let forecasts = try await forecasts()
        return DryRunReport(pipeline: pipeline.name, forecasts: forecasts).report
    }

    func forecasts() async throws -> [Forecast] {
        let database = PostgresConnection(office.settings.database), source = try makeSource(pipeline.source, access: office.settings.sources)
        let preflight = try await Preflight(
            pipeline: pipeline, scope: scope, source: source, database: database,
            migrations: MigrationFiles.load(folder: office.settings.migrationsPath, pipeline: pipeline.name)
        ).check()
        let pass = SourcePass(source: source) { rows in
            try Task.checkCancellation()
            watch.batch(rows: rows, of: nil, phase: .compared)
        }
        let read = try await Extraction(
            pipeline: pipeline, scope: scope, pass: pass, database: database, seed: .random(in: .min ... .max),
            lineBytesMax: office.settings.kafka.messageBytesMax,
            line: { ChangeLine(pipeline: pipeline.name, stream: $0.name, run: .max >> 32, sourceKind: source.kind, extractedAt: "") }
        ).read(preflight.mappings, tables: preflight.tables)
        let open = [unreadSentence(read.certificate.parts)] + repeatedSentences(read.certificate.parts)
        for sentence in open where !sentence.isEmpty { watch.tell(sentence) }
        let before = try await office.ledger(pipeline, database).headers()
        var forecasts: [Forecast] = []
        for stream in read.streams {
            forecasts.append(
                Forecast(
                    stream: stream.definition.name, plan: stream.plan, guards: guardsTripped(by: stream, preflight.headers[stream.definition.name], before)))
        }
        try await compare(read, pass, database, &forecasts)
        return forecasts
    }

    /// A second pass: names what the first one decided to send, and asks the target table which fields differ.
    private func compare(_ read: Extraction.Outcome, _ pass: SourcePass, _ database: PostgresConnection, _ forecasts: inout [Forecast]) async throws {
        for (place, stream) in read.streams.enumerated() {
            var reading = stream
            let comparison = TargetComparison(stream.definition, zone: pipeline.source.timeZone)
            var rows: [TargetComparison.Row] = []
            try await pass.run { row, index in
                guard reading.upserts[index], reading.remap(row).isMapped else { return }
                rows.append(TargetComparison.Row(reading.mapped(index)))
            }
            for start in stride(from: 0, to: rows.count, by: SourcePass.batchRows) {
                let batch = Array(rows[start..<min(start + SourcePass.batchRows, rows.count)])
                for (row, fields) in zip(batch, try await database.perform { try comparison.differences(batch, $0) }) {
                    if let fields { forecasts[place].changed.append((row.key, fields)) } else { forecasts[place].missing.append(row.key) }
                }
            }
            if stream.plan.deletes > 0 {
                let absent = AbsentKeys(stream)
                forecasts[place].deleted = try await database.perform { session in
                    var keys: [RecordKey] = []
                    try absent.each(session) { keys.append($0) }
                    return keys
                }
            }
        }
    }
}

/// The guards that a read trips, for the run that decides by them and for the dry run that names them.
func guardsTripped(by stream: StreamReading, _ header: HeaderStamp?, _ before: [String: String]) -> [TrippedGuard] {
    let stored = before[stream.definition.name].map { HeaderStamp(stored: $0) }
    let read = GuardedRead(
        found: stream.found, known: stream.keys.deletable, deletes: stream.plan.deletes, header: header?.text ?? "",
        headerBefore: header.flatMap { stored?.comparable(with: $0) })
    return trippedGuards(read, stream.definition.guards)
}
