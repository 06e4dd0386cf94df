import Postgres
import Records
import TestSupport

/// Puts failures into the retry queue as a retrier does, so that the extractor's tests hold without another service.
struct WaitingQueue: Sendable {
    let trial: Trial

    /// What an entry says that is not as it should be.
    enum Fault: String, Sendable, CaseIterable {
        case otherHash, otherSequence, otherPipeline, otherStream, otherKey
    }

    /// Enters the change that is owed for a key, in place of whatever stood there.
    func enter(_ key: String, status: String = "pending", fault: Fault? = nil) async throws {
        let owed = try trial.texts("SELECT owed FROM sync_rows WHERE pipeline = 'people' AND stream = 'people' AND key = $1", [.text(key)])
        guard let sequence = owed.first.flatMap({ Int64($0) }) else { throw NeverHeld(what: "\(key) is owed") }
        guard let change = try await trial.changes().last(where: { $0.sequence.rawValue == sequence }) else { throw NeverHeld(what: "\(key) was sent") }
        let hash = change.hash.map { $0.signed &+ (fault == .otherHash ? 1 : 0) }
        try trial.database.session().query(
            """
            INSERT INTO retry_queue (id, pipeline, stream, record_key, run, sequence, hash, change, error_type, error_code, table_name, column_name,
                message, incident, status, attempt_count, budget_from, next_retry_at, lease_token, lease_until, first_failed_at, last_failed_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, '{}', 'field_length', '22001', 'people', 'note', 'm', 'i', $8, 1, 1, now(), gen_random_uuid(), now(), now(),
                now())
            ON CONFLICT (pipeline, stream, record_key) DO UPDATE SET id = excluded.id, run = excluded.run, sequence = excluded.sequence,
                hash = excluded.hash, status = excluded.status
            """,
            [
                .text(change.id), .text(fault == .otherPipeline ? "others" : "people"), .text(fault == .otherStream ? "others" : "people"),
                .text(fault == .otherKey ? key + "x" : key), .integer(change.run), .integer(sequence + (fault == .otherSequence ? 1 : 0)),
                hash.map { .integer($0) }, .text(status),
            ])
    }
}
