import Books
import Failures
import Kafka
import Pipelines
import Postgres
import Records
import Schema

/// Takes failure records of one partition into the queue: entries, log, incidents and position in one transaction (invariants 1 and 2).
///
/// It acts on a failure once `sync_offsets` has passed its change, so that the loader's own word about it stands; records before the first
/// one that has to wait are taken in, and the rest comes again.
struct IntakeTransaction {
    /// What came of a call.
    struct Result: Sendable, Equatable {
        /// Records done with, from the front.
        var taken = 0
        var phantoms = 0
        var queued = 0
        var notQueued = 0
        /// Records that are no failures.
        var unusable = 0
    }

    let session: PostgresSession
    /// By pipeline; that of a pipeline that is not known here is the standard one.
    let delays: [String: RetryDelays]
    /// 0...0.15, drawn anew for each entry.
    let jitter: () -> Double

    /// - Parameters:
    ///   - records: without gaps, the first one at `position.next`.
    /// - Throws: `PostgresError` with `RC001` when another retrier has been here.
    func take(_ records: [KafkaRecord], at partition: KafkaPartition, _ position: IntakePosition) throws -> Result {
        try session.transaction {
            var result = Result()
            let failures = records.map { record -> FailureRecord? in
                do { return try record.value.map { try FailureRecord(parsing: $0) } } catch { return nil }
            }
            let facts = try Facts.of(failures, in: session)
            result.taken = zip(failures, facts).prefix { $0 == nil || $1.isPassed }.count
            guard result.taken > 0 else { return result }
            let last = records[result.taken - 1]
            try move(partition, from: position, to: last.offset + 1, lastID: failures[result.taken - 1]?.id ?? "unusable@\(last.offset)")
            try admitAll(failures.prefix(result.taken), facts, &result)
            return result
        }
    }

    private func admitAll(_ failures: ArraySlice<FailureRecord?>, _ facts: [Facts], _ result: inout Result) throws {
        let keys = Set(failures.compactMap { $0.flatMap { EntryKey($0) } })
        let before = try RetryQueue.entries(of: keys.sorted { $0.recordKey.utf8.lexicographicallyPrecedes($1.recordKey.utf8) }, in: session)
        var entries = before
        var ended: [(RetryEntry, Int64)] = []
        var incidents: [String: Incident] = [:]
        for (failure, known) in zip(failures, facts) {
            guard let failure else {
                result.unusable += 1
                continue
            }
            let key = EntryKey(failure)
            let entry = key.flatMap { entries[$0] }
            func tell() {
                var incident = incidents[Incident(failure).id] ?? Incident(failure)
                incident.add(failure, length: known.facts.valueLength)
                incidents[incident.id] = incident
            }
            switch admit(failure, known.facts, entry: entry, delays: delays[failure.pipeline] ?? .standard, jitter: jitter()) {
            case .phantom: result.phantoms += 1
            case .obsolete, .repeated: break
            case .notQueued:
                result.notQueued += 1
                guard failure.sequence != nil, known.facts.owed == failure.sequence?.rawValue else { continue }
                tell()
                if let entry, entry.sequence.rawValue < failure.sequence?.rawValue ?? 0 {
                    ended.append((entry, entry.sequence.rawValue))
                    if let key { entries[key] = nil }
                }
            case .entry(let next, let superseded):
                result.queued += 1
                if let entry, let superseded { ended.append((entry, superseded)) }
                if let key { entries[key] = next }
                tell()
            }
        }
        try RetryQueue.logSuperseded(ended, in: session)
        try RetryQueue.remove(before.keys.filter { entries[$0] == nil }, in: session)
        try RetryQueue.put(entries.filter { before[$0.key] != $0.value }.map(\.value), in: session)
        try IncidentBook.open(incidents.values.sorted { $0.id < $1.id }, in: session)
    }

    /// Invariant 1, as the loader keeps it: raises unless nobody has moved the position meanwhile.
    private func move(_ partition: KafkaPartition, from position: IntakePosition, to next: Int64, lastID: String) throws(PostgresError) {
        try session.query(
            """
            WITH moved AS (
                UPDATE retry_offsets SET next_offset = $3::bigint, last_id = $4, updated_at = retry_now()
                WHERE topic = $1 AND partition = $2::integer AND next_offset = $5::bigint AND generation = $6::bigint RETURNING 1
            )
            SELECT rollcall_expect(count(*) = 1, '\(RollcallCode.offsetsMoved.rawValue)', 'the partition moved on') FROM moved
            """,
            [
                .text(partition.topic), .integer(Int64(partition.partition)), .integer(next), .text(lastID), .integer(position.next),
                .integer(position.generation),
            ])
    }
}

/// Where intake of one partition of `failures` stands.
struct IntakePosition: Sendable, Equatable {
    var next: Int64
    var generation: Int64
}

extension EntryKey {
    init?(_ failure: FailureRecord) {
        guard let key = failure.recordKey else { return nil }
        self.init(pipeline: failure.pipeline, stream: failure.stream, recordKey: key.text)
    }
}

/// What the database says about one failure.
private struct Facts {
    /// `sync_offsets` has passed its change, or the topic is another by now; true for rows that were never sent.
    var isPassed: Bool
    var facts: FailureFacts

    static func of(_ failures: [FailureRecord?], in session: PostgresSession) throws -> [Facts] {
        func texts(_ value: (FailureRecord) -> String?) -> PostgresValue { .texts(failures.map { $0.flatMap(value) }) }
        func numbers(_ value: (FailureRecord) -> Int64?) -> PostgresValue { .integers(failures.map { $0.flatMap(value) }) }
        let rows = try session.query(
            """
            SELECT f.topic IS NULL OR coalesce(o.next_offset > f.failed_offset OR o.generation <> f.generation, false), l.created_at, l.value_length, r.owed,
                format_type(a.atttypid, a.atttypmod)
            FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
                WITH ORDINALITY AS f (topic, partition, failed_offset, generation, id, pipeline, stream, record_key, table_name, column_name, place)
            LEFT JOIN sync_offsets o ON o.topic = f.topic AND o.partition = f.partition
            LEFT JOIN sync_error_log l ON l.id = f.id
            LEFT JOIN sync_rows r ON (r.pipeline, r.stream, r.key) = (f.pipeline, f.stream, f.record_key)
            LEFT JOIN pg_attribute a ON a.attrelid = to_regclass(f.table_name) AND a.attname = f.column_name AND NOT a.attisdropped
            ORDER BY f.place
            """,
            [
                texts { $0.position?.topic }, numbers { $0.position.map { Int64($0.partition) } }, numbers { $0.position?.offset },
                numbers { $0.position?.generation }, texts { $0.id }, texts { $0.pipeline }, texts { $0.stream }, texts { $0.recordKey?.text },
                texts { quotedTable($0.table) }, texts { $0.column },
            ])
        return try rows.map { row in
            Facts(
                isPassed: try row.boolean(0),
                facts: FailureFacts(
                    countedAt: row.optionalText(1), valueLength: try row.optionalInteger(2), owed: try row.optionalInteger(3),
                    presentDefinition: row.optionalText(4)))
        }
    }
}

/// A table's name as `to_regclass` reads it; nil for none, and for one that no table can have.
func quotedTable(_ name: String?) -> String? {
    guard let name else { return nil }
    do { return try TableDefinition.quoted(name) } catch { return nil }
}
