import Mapping
import Pipelines
import Postgres
import Records
import Schema
import Sources

/// The deciding half of a run: reads the source once and says for every row and every known key what is to be done. Nothing is sent here.
struct Extraction: Sendable {
    let pipeline: PipelineDefinition
    let scope: RunScope
    let pass: SourcePass
    let database: PostgresConnection
    /// Of this run's fingerprints.
    let seed: UInt64
    /// See `SettledRows.fingerprintBits`.
    var fingerprintBits: UInt64 = .max
    let lineBytesMax: Int
    /// What is equal in all change records of a stream.
    let line: @Sendable (StreamDefinition) -> ChangeLine

    /// What a read came to.
    struct Outcome: Sendable {
        var streams: [StreamReading]
        var certificate: ReadCertificate
        /// Rows handed out by the source: blank ones too.
        var rows: Int { certificate.rows }
    }

    /// - Parameter tables: the target tables by stream, as the preflight found them.
    /// - Throws: `SourceError`, `PostgresError`, whatever the pass was stopped with.
    func read(_ mappings: [StreamMapping], tables: [TableDefinition]) async throws -> Outcome {
        var streams: [StreamReading] = []
        for (definition, (mapping, table)) in zip(pipeline.streams, zip(mappings, tables)) {
            let settled = SettledRows(
                pipeline: pipeline.name, stream: definition.name, table: definition.table, key: definition.key, seesTarget: table.hasPlainKey(definition.key),
                seed: seed,
                fingerprintBits: fingerprintBits)
            let keys = try await database.perform { session in
                try settled.prepare(session)
                return try settled.table(session)
            }
            streams.append(
                StreamReading(
                    definition, scope: scope, mapping: mapping, settled: settled, keys: keys, line: line(definition), lineBytesMax: lineBytesMax))
        }
        let certificate = try await pass.run { row, index in
            for stream in streams.indices { streams[stream].decide(row, index: index) }
        }
        for stream in streams.indices { streams[stream].finishTallies() }
        try await settleSuspects(&streams)
        for stream in streams.indices { try await planDeletes(&streams[stream], certificate) }
        return Outcome(streams: streams, certificate: certificate)
    }

    /// A pass of its own over the rows whose fingerprints did not suffice; most sources have none.
    private func settleSuspects(_ streams: inout [StreamReading]) async throws {
        guard streams.contains(where: { !$0.suspects.isEmpty }) else { return }
        try await pass.run { row, index in
            for stream in streams.indices { streams[stream].identify(row, index: index) }
        }
        for index in streams.indices where !streams[index].suspects.isEmpty {
            let settled = streams[index].settled, keys = Array(streams[index].suspectKeys.rows.keys)
            let known = try await database.perform { session in
                try settled.prepare(session)
                return try stride(from: 0, to: keys.count, by: 1000).flatMap { start in
                    try settled.settled(Array(keys[start..<min(start + 1000, keys.count)]), session)
                }
            }
            streams[index].settleSuspects(known)
        }
    }

    private func planDeletes(_ stream: inout StreamReading, _ certificate: ReadCertificate) async throws {
        // Invariant 7: without proof that everything was seen, nothing is gone.
        guard scope.mayDelete, certificate.isComplete, stream.definition.deletes != .ignore else { return }
        var count = stream.keys.absent()
        if stream.hasSuspectAbsences {
            let deletes = AbsentKeys(stream)
            count += try await database.perform { session in
                var suspect = 0
                try deletes.each(session, suspectOnly: true) { _ in suspect += 1 }
                return suspect
            }
        }
        stream.planDeletes(count)
    }
}
