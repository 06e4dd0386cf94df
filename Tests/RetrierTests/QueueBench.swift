import Books
import Failures
import JSONText
import Kafka
import Pipelines
import Postgres
import Records
import Synchronization
import TestSupport

@testable import Retrier

/// A queue on a real database with a clock that only the test moves. What a loader does with a change is done here in the tables it writes,
/// so that hours pass in milliseconds; the journey has the real one. In the zone of the session, clocks go forward half an hour after the start.
final class QueueBench {
    let session: PostgresSession
    /// Each case has a pipeline of its own in the suite's database.
    let pipeline: String
    let delays: RetryDelays
    /// What an entry's delay is lengthened by.
    var jitter = 0.0
    private var failureOffset: Int64 = 0
    private var changeOffset: Int64 = 0
    private var position: IntakePosition
    private let failures: KafkaPartition
    private let changes: KafkaPartition
    /// Runs of all pipelines are numbered together; those of this case begin above this one.
    private let firstRun: Int64
    private static let cases = Mutex<Int64>(0)

    /// - Parameter name: of no other case.
    init(_ name: String, delays: RetryDelays = .standard) throws {
        session = try ScratchDatabase.ofSuite().session()
        (pipeline, self.delays) = (name, delays)
        (failures, changes) = (KafkaPartition(topic: "\(name).failures", partition: 0), KafkaPartition(topic: "\(name).changes", partition: 0))
        position = IntakePosition(next: 0, generation: 1)
        firstRun = QueueBench.cases.withLock { cases in
            cases += 1
            return cases * 1_000
        }
        try session.runScript(
            """
            CREATE TABLE IF NOT EXISTS test_clock (at timestamptz NOT NULL);
            CREATE OR REPLACE FUNCTION retry_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT at FROM test_clock';
            SET TIME ZONE 'Europe/London';
            DELETE FROM test_clock; INSERT INTO test_clock VALUES ('2026-03-29T00:30:00Z');
            UPDATE retry_rate SET tokens = 0, refilled_at = '2026-03-29T00:30:00Z';
            UPDATE retry_teller SET until = '-infinity';
            CREATE TABLE IF NOT EXISTS buyers (buyer_number text PRIMARY KEY, remarks varchar(50));
            """)
        try session.query("INSERT INTO retry_offsets (topic, partition, next_offset) VALUES ($1, 0, 0)", [.text(failures.topic)])
        try session.query("INSERT INTO sync_offsets (topic, partition, next_offset) VALUES ($1, 0, 0)", [.text(changes.topic)])
    }

    /// Moves the database's clock.
    func pass(_ seconds: Double) throws {
        try session.query("UPDATE test_clock SET at = at + make_interval(secs => $1::double precision)", [.text("\(seconds)")])
    }

    // MARK: What a loader does

    func change(_ key: String, _ value: String, run: Int64, ordinal: UInt32 = 1, attempt: Int = 1) -> ChangeRecord {
        ChangeRecord(
            pipeline: pipeline, stream: "buyers", sequence: Sequence(run: firstRun + run, ordinal: ordinal), operation: .upsert,
            key: ["buyer_number": .string(key)],
            fields: ["remarks": .string(value)], origin: Origin(kind: "csv", row: Int(ordinal), cell: "A\(ordinal)"), attempt: attempt,
            extractedAt: "2026-03-29T00:00:00Z")
    }

    /// Refuses a change: its failure is in the topic, and counted unless it is a phantom.
    func refuse(
        _ change: ChangeRecord, _ category: ErrorCategory = .fieldLength, code: String = "22001", column: String? = "remarks",
        definition: String? = "character varying(50)", constraint: String? = nil, commits: Bool = true
    ) throws -> KafkaRecord {
        let failure = FailureRecord(
            pipeline: pipeline, stream: "buyers", recordKey: change.recordKey, run: change.run, sequence: change.sequence, attempt: change.attempt,
            category: category.rawValue, code: code, table: "buyers", column: column, columnDefinition: definition, constraint: constraint,
            message: "buyers.remarks is varchar(50)", origin: change.origin,
            position: FailureRecord.Position(topic: changes.topic, partition: 0, offset: changeOffset, generation: 1), subject: .change(change),
            failedAt: "2026-03-29T00:00:00Z")
        if commits {
            var line = ErrorLogEntry(failure, service: .loader, category: category, valueLength: 60)
            line.message = "m"
            try ErrorLog.write([line], in: session)
            try session.query("UPDATE sync_error_log SET created_at = retry_now() WHERE id = $1", [.text(failure.id)])
            try session.query(
                """
                INSERT INTO sync_rows AS r (pipeline, stream, key, sequence, owed, run, synced_at) VALUES ($1, 'buyers', $2, 0, $3::bigint, $4::bigint, now())
                ON CONFLICT (pipeline, stream, key) DO UPDATE SET owed = greatest(r.owed, excluded.owed)
                """,
                [.text(pipeline), .text(change.recordKey.text), .integer(change.sequence.rawValue), .integer(change.run)])
        }
        changeOffset += 1
        try session.query("UPDATE sync_offsets SET next_offset = $2::bigint WHERE topic = $1", [.text(changes.topic), .integer(changeOffset)])
        failureOffset += 1
        return KafkaRecord(partition: failures, offset: failureOffset - 1, key: nil, value: failure.line())
    }

    /// Lands a change.
    func land(_ change: ChangeRecord) throws {
        try session.query(
            """
            INSERT INTO sync_rows AS r (pipeline, stream, key, sequence, hash, run, synced_at) VALUES ($1, 'buyers', $2, $3::bigint, $4::bigint, $5::bigint, now())
            ON CONFLICT (pipeline, stream, key) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash,
                owed = CASE WHEN r.owed > excluded.sequence THEN r.owed END
            """,
            [
                .text(pipeline), .text(change.recordKey.text), .integer(change.sequence.rawValue), .integer(change.hash?.signed ?? 0), .integer(change.run),
            ])
        changeOffset += 1
        try session.query("UPDATE sync_offsets SET next_offset = $2::bigint WHERE topic = $1", [.text(changes.topic), .integer(changeOffset)])
    }

    // MARK: What a retrier does

    @discardableResult func takeIn(_ records: KafkaRecord...) throws -> IntakeTransaction.Result {
        let jitter = jitter
        let result = try IntakeTransaction(session: session, delays: [pipeline: delays], jitter: { jitter }).take(records, at: failures, position)
        position.next += Int64(result.taken)
        return result
    }

    /// The same records once more, as after a crash that lost the position.
    @discardableResult func takeInAgain(_ records: KafkaRecord...) throws -> IntakeTransaction.Result {
        let generation = position.generation + 1
        try session.query(
            "UPDATE retry_offsets SET next_offset = $2::bigint, generation = $3::bigint WHERE topic = $1",
            [.text(failures.topic), .integer(records[0].offset), .integer(generation)])
        let jitter = jitter
        let result = try IntakeTransaction(session: session, delays: [pipeline: delays], jitter: { jitter }).take(
            records, at: failures, IntakePosition(next: records[0].offset, generation: generation))
        position = IntakePosition(next: records[0].offset + Int64(result.taken), generation: generation)
        return result
    }

    /// The same records by a retrier that believes to stand where the partition began.
    func takeInFromTheStart(_ records: KafkaRecord...) throws {
        _ = try IntakeTransaction(session: session, delays: [pipeline: delays], jitter: { 0 }).take(
            records, at: failures, IntakePosition(next: 0, generation: 1))
    }

    @discardableResult func sweep() throws -> QueueSweep.Result {
        var result = QueueSweep.Result()
        (result.recovered, result.superseded) = try QueueSweep.endSettled(of: [pipeline], in: session)
        result.released = try QueueSweep.releaseCured(of: [pipeline], in: session)
        result.undecided = try QueueSweep.giveBackUndecided(of: [pipeline], in: session)
        result.closedIncidents = try IncidentBook.close(of: [pipeline], in: session)
        return result
    }

    /// What is due now, with a rate that holds nothing up.
    func claim(lease: Duration = .seconds(30), rate: Int = 1_000_000) throws -> [Claim] {
        try pass(0.001)
        return try Claims.take(upTo: 1_000, ratePerSecond: rate, lease: lease, pipelines: [pipeline], in: session)
    }

    @discardableResult func markSent(_ claim: Claim) throws -> Bool {
        try Claims.markSent([(claim, KafkaDelivery(partition: changes, offset: changeOffset))], in: session) == 1
    }

    /// Claims what is due, sends it, and hands it to the loader's part.
    func attempt(_ then: (ChangeRecord) throws -> Void) throws -> Int {
        let claims = try claim()
        for claim in claims {
            try markSent(claim)
            try then(try Claims.record(of: claim))
        }
        return claims.count
    }

    // MARK: Looking

    func text(_ sql: String) throws -> String? { try session.query(sql, [.text(pipeline)]).first?.optionalText(0) }
    func number(_ sql: String) throws -> Int64 { try session.query(sql, [.text(pipeline)]).only().integer(0) }
    var statuses: [String] {
        get throws { try session.query("SELECT status FROM retry_queue WHERE pipeline = $1 ORDER BY record_key", [.text(pipeline)]).map { try $0.text(0) } }
    }
    /// Everything the queue holds, but for the times at which it was written.
    var picture: [[String?]] {
        get throws {
            try session.query(
                """
                SELECT to_jsonb(q) - 'updated_at', NULL FROM retry_queue q WHERE pipeline = $1 UNION ALL
                SELECT to_jsonb(l) - 'ended_at', 'log' FROM retry_log l WHERE pipeline = $1 ORDER BY 1
                """, [.text(pipeline)]
            ).map { row in [row.optionalText(0), row.optionalText(1)] }
        }
    }
}
