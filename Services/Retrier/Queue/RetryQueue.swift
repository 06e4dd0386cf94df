import Failures
import Postgres
import Records

/// The rows of `retry_queue` and `retry_log`.
enum RetryQueue {
    /// The open entries of these keys, locked until the transaction ends.
    static func entries(of keys: [EntryKey], in session: PostgresSession) throws -> [EntryKey: RetryEntry] {
        let rows = try session.query(
            """
            SELECT id, pipeline, stream, record_key, run, sequence, hash, change, topic, origin_row, cell, error_type, error_code, table_name, column_name,
                column_definition, constraint_name, value_length, message, status, attempt_count, budget_from, releases, first_failed_at, last_failed_at, next_retry_at
            FROM retry_queue
            WHERE (pipeline, stream, record_key) IN (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]))
            ORDER BY pipeline, stream, record_key FOR UPDATE
            """, [.texts(keys.map(\.pipeline)), .texts(keys.map(\.stream)), .texts(keys.map(\.recordKey))])
        var entries: [EntryKey: RetryEntry] = [:]
        for row in rows {
            let entry = try RetryEntry(row)
            entries[EntryKey(entry)] = entry
        }
        return entries
    }

    /// Writes entries as they are from now on; whatever stood under their keys is replaced.
    static func put(_ entries: [RetryEntry], in session: PostgresSession) throws(PostgresError) {
        guard !entries.isEmpty else { return }
        func texts(_ value: (RetryEntry) -> String?) -> PostgresValue { .texts(entries.map(value)) }
        func numbers(_ value: (RetryEntry) -> Int64?) -> PostgresValue { .integers(entries.map(value)) }
        try session.query(
            """
            INSERT INTO retry_queue AS q (id, pipeline, stream, record_key, run, sequence, hash, change, topic, origin_row, cell, error_type, error_code,
                table_name, column_name, column_definition, constraint_name, value_length, message, incident, status, attempt_count, budget_from, releases,
                next_retry_at, first_failed_at, last_failed_at)
            SELECT id, pipeline, stream, record_key, run, sequence, hash, change, topic, origin_row, cell, error_type, error_code,
                table_name, column_name, column_definition, constraint_name, value_length, message, incident, status, attempt_count, budget_from, releases,
                coalesce(last_failed_at::timestamptz + make_interval(secs => delay::double precision), next_retry_at::timestamptz),
                first_failed_at::timestamptz, last_failed_at::timestamptz
            FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[], $9::text[], $10::bigint[],
                $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[], $18::bigint[], $19::text[], $20::text[],
                $21::text[], $22::bigint[], $23::bigint[], $24::bigint[], $25::text[], $26::text[], $27::text[], $28::text[])
                AS n (id, pipeline, stream, record_key, run, sequence, hash, change, topic, origin_row, cell, error_type, error_code, table_name, column_name,
                    column_definition, constraint_name, value_length, message, incident, status, attempt_count, budget_from, releases, delay,
                    first_failed_at, last_failed_at, next_retry_at)
            ON CONFLICT (pipeline, stream, record_key) DO UPDATE SET id = excluded.id, run = excluded.run, sequence = excluded.sequence, hash = excluded.hash,
                change = excluded.change, topic = excluded.topic, origin_row = excluded.origin_row, cell = excluded.cell,
                error_type = excluded.error_type, error_code = excluded.error_code, table_name = excluded.table_name, column_name = excluded.column_name,
                column_definition = excluded.column_definition, constraint_name = excluded.constraint_name, value_length = excluded.value_length,
                message = excluded.message, incident = excluded.incident, status = excluded.status, attempt_count = excluded.attempt_count,
                budget_from = excluded.budget_from, releases = excluded.releases,
                next_retry_at = excluded.next_retry_at, first_failed_at = excluded.first_failed_at,
                last_failed_at = excluded.last_failed_at, claims = 0, lease_token = NULL, lease_until = NULL, sent_partition = NULL, sent_offset = NULL,
                sent_generation = NULL, announced_attempt = CASE WHEN q.id = excluded.id THEN q.announced_attempt END, updated_at = retry_now()
            """,
            [
                texts { $0.id }, texts { $0.pipeline }, texts { $0.stream }, texts { $0.recordKey }, numbers { $0.run }, numbers { $0.sequence.rawValue },
                numbers { $0.hash }, texts { $0.change }, texts { $0.topic }, numbers { $0.originRow.map { Int64($0) } }, texts { $0.cell },
                texts { $0.category.rawValue }, texts { $0.code }, texts { $0.table }, texts { $0.column }, texts { $0.columnDefinition },
                texts { $0.constraint }, numbers { $0.valueLength }, texts { $0.message }, texts { Incident.id(of: $0) }, texts { $0.status.rawValue },
                numbers { Int64($0.attemptCount) }, numbers { Int64($0.budgetFrom) }, numbers { Int64($0.releases) },
                texts { entry in entry.delay.map { "\($0)" } }, texts { $0.firstFailedAt }, texts { $0.lastFailedAt }, texts { $0.nextRetryAt },
            ])
    }

    /// Removes the entries of keys whose newest failure is queued no more.
    static func remove(_ keys: [EntryKey], in session: PostgresSession) throws(PostgresError) {
        guard !keys.isEmpty else { return }
        try session.query(
            "DELETE FROM retry_queue WHERE (pipeline, stream, record_key) IN (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]))",
            [.texts(keys.map(\.pipeline)), .texts(keys.map(\.stream)), .texts(keys.map(\.recordKey))])
    }

    /// Logs that older failures were superseded by a newer one of their key; one line for each failed change, however often.
    static func logSuperseded(_ ended: [(entry: RetryEntry, sequence: Int64)], in session: PostgresSession) throws(PostgresError) {
        guard !ended.isEmpty else { return }
        try session.query(
            """
            INSERT INTO retry_log (pipeline, stream, record_key, sequence, run, entry, outcome, attempt_count, error_type, error_code, first_failed_at)
            SELECT pipeline, stream, record_key, sequence, sequence >> 32, entry, 'superseded', attempts, error_type, error_code, first_failed_at::timestamptz
            FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::text[], $8::text[], $9::text[])
                AS ended (pipeline, stream, record_key, sequence, entry, attempts, error_type, error_code, first_failed_at)
            ON CONFLICT DO NOTHING
            """,
            [
                .texts(ended.map(\.entry.pipeline)), .texts(ended.map(\.entry.stream)), .texts(ended.map(\.entry.recordKey)), .integers(ended.map(\.sequence)),
                .texts(ended.map(\.entry.id)), .integers(ended.map { Int64($0.entry.attemptCount) }), .texts(ended.map(\.entry.category.rawValue)),
                .texts(ended.map(\.entry.code)), .texts(ended.map(\.entry.firstFailedAt)),
            ])
    }
}

/// What an entry is found by: one key of one stream. Texts compare as bytes, as the table's do.
struct EntryKey: Hashable, Sendable {
    let pipeline: String
    let stream: String
    let recordKey: String

    init(pipeline: String, stream: String, recordKey: String) { (self.pipeline, self.stream, self.recordKey) = (pipeline, stream, recordKey) }
    init(_ entry: RetryEntry) { self.init(pipeline: entry.pipeline, stream: entry.stream, recordKey: entry.recordKey) }

    static func == (a: EntryKey, b: EntryKey) -> Bool {
        a.recordKey.utf8.elementsEqual(b.recordKey.utf8) && a.stream.utf8.elementsEqual(b.stream.utf8) && a.pipeline.utf8.elementsEqual(b.pipeline.utf8)
    }

    func hash(into hasher: inout Hasher) { for text in [pipeline, stream, recordKey] { hasher.combine(Array(text.utf8)) } }
}

extension RetryEntry {
    init(_ row: PostgresRow) throws {
        (id, pipeline, stream, recordKey) = (try row.text(0), try row.text(1), try row.text(2), try row.text(3))
        (run, sequence, hash) = (try row.integer(4), Records.Sequence(rawValue: try row.integer(5)), try row.optionalInteger(6))
        (change, topic, cell) = (row.optionalText(7), row.optionalText(8), row.optionalText(10))
        originRow = try row.optionalInteger(9).map { Int($0) }
        (category, code) = (ErrorCategory(rawValue: try row.text(11)) ?? .unknown, try row.text(12))
        (table, column, columnDefinition, constraint) = (row.optionalText(13), row.optionalText(14), row.optionalText(15), row.optionalText(16))
        (valueLength, message) = (try row.optionalInteger(17), try row.text(18))
        guard let status = Status(rawValue: try row.text(19)) else {
            throw PostgresError(kind: .unexpectedAnswer, problem: "retry_queue has a status of a newer version")
        }
        self.status = status
        (attemptCount, budgetFrom, releases) = (Int(try row.integer(20)), Int(try row.integer(21)), Int(try row.integer(22)))
        (firstFailedAt, lastFailedAt, nextRetryAt) = (try row.text(23), try row.text(24), row.optionalText(25))
    }
}
