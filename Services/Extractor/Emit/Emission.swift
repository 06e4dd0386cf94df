import JSONText
import Kafka
import Mapping
import Pipelines
import Postgres
import Records
import Sources

/// Sends what the plan says, in the order of the source and then the deletes: the second pass.
struct Emission: Sendable {
    let work: RunWork
    let outlets: RecordOutlets

    /// - Throws: `KafkaDeliveryError` when records were lost, `PlanNotMet` when the source gave other rows than in the deciding pass.
    func send(_ read: Extraction.Outcome) async throws {
        guard read.streams.contains(where: { $0.plan.emitted > 0 }) else { return }
        var streams = read.streams
        let destinations = streams.map { outlets.changes(of: $0.line, run: work.run, extractedAt: work.extractedAt) }
        if streams.contains(where: { $0.plan.upserts > 0 }) {
            let emitters = destinations.map { ChangeEmitter($0) }
            try await work.pass(.sent, total: read.rows).run { row, index in
                for stream in streams.indices where streams[stream].upserts[index] {
                    guard streams[stream].remap(row).isMapped else { throw PlanNotMet(stream: streams[stream].definition.name) }
                    let mapped = streams[stream].mapped(index)
                    try emitters[stream].upsert(
                        recordKey: mapped.recordKeyBytes, key: mapped.key, fields: mapped.fields, hash: mapped.hash,
                        isPartial: mapped.isPartial || streams[stream].partials[index], row: row.number,
                        cell: work.sync.source.address(row: row.number, column: nil))
                }
            }
            for (stream, emitter) in zip(streams, emitters) where Int(emitter.emitted) != stream.plan.upserts {
                throw PlanNotMet(stream: stream.definition.name)
            }
        }
        for (stream, destination) in zip(streams, destinations) where stream.plan.deletes > 0 {
            try await delete(stream, destination)
        }
        try await outlets.producer.flush(within: work.sync.settings.deliveryTimeout)
    }

    private func delete(_ stream: StreamReading, _ destination: ChangeOutlet) async throws {
        let absent = AbsentKeys(stream), definition = stream.definition, work = work
        let sent = try await work.sync.database.perform { session in
            let emitter = ChangeEmitter(destination, after: UInt32(stream.plan.upserts))
            try absent.each(session) { key in
                try work.checkMayGoOn()
                try emitter.delete { sequence in
                    ChangeRecord(
                        pipeline: work.pipeline.name, stream: definition.name, sequence: sequence, operation: .delete, key: keyObject(key, definition),
                        fields: JSONObject(), origin: Origin(kind: work.sync.source.kind), extractedAt: work.extractedAt)
                }
            }
            return Int(emitter.emitted)
        }
        guard sent == stream.plan.emitted else { throw PlanNotMet(stream: definition.name) }
    }
}

/// A key as its columns hold it, from its text.
func keyObject(_ key: RecordKey, _ stream: StreamDefinition) -> JSONObject {
    let members = zip(stream.key, key.values ?? []).map { name, value in
        let isNumber = [.integer, .decimal].contains(stream.column(to: name)?.type)
        return JSONObject.Member(name: name, value: isNumber ? .number(value) : .string(value))
    }
    return JSONObject(unchecked: members)
}

/// Between the passes over the source something moved; what was sent is sound, and the next run finds the rest.
struct PlanNotMet: Error, CustomStringConvertible {
    let stream: String
    var description: String { "stream \(stream): the source gave other rows than a moment before; sync again when nobody edits it" }
}
