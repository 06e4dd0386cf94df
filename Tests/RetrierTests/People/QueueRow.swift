import Books
import CommandLines
import Failures
import Postgres
import Records
import Reporting
import TestSupport

@testable import Retrier

/// A row of `retry_queue` as a test wants it, written directly.
struct QueueRow: Sendable {
    var pipeline = "buyers", key = "6666"
    var run: Int64 = 42
    var cell: String? = "買主リスト!A4120", row: Int64? = 4120
    var category = "field_length", code = "22001"
    var table: String? = "buyers", column: String? = "latest_status", definition: String? = "character varying(50)"
    var constraint: String?
    var length: Int64? = 812
    var status = RetryEntry.Status.pending
    var attempts = 1, releases = 0
    /// Two hours are told in minutes, so a slow test tells them alike.
    var nextInSeconds = 7200.0, failedSecondsAgo = 60
    var isUnsent = false

    /// Stands in every change; no command may show it.
    static let secret = "秘密の値"

    var sequence: Sequence { Sequence(run: run, ordinal: isUnsent ? 0 : 7) }
    var id: String { isUnsent ? "buyers/\(key)@\(run).row" : "buyers/\(key)@\(run).7" }
    var incident: String { "\(pipeline)/buyers/\(code)/" + [table, column].compactMap(\.self).joined(separator: ".") }

    func insert(_ session: PostgresSession) throws {
        let isLeased = status == .claimed || status == .sent
        try session.query(
            """
            INSERT INTO retry_queue (id, pipeline, stream, record_key, run, sequence, hash, change, topic, origin_row, cell, error_type, error_code, table_name,
                column_name, column_definition, constraint_name, value_length, message, incident, status, attempt_count, budget_from, releases, next_retry_at,
                lease_token, lease_until, first_failed_at, last_failed_at)
            VALUES ($1, $2, 'buyers', $3, $4, $5, 1, $6, 't', $7, $8, $9, $10, $11, $12, $13, $14, $15, 'the value does not fit', $16, $17, $18, 1, $19,
                CASE WHEN $20 THEN retry_now() + make_interval(secs => $21::double precision) END, CASE WHEN $22 THEN gen_random_uuid() END,
                CASE WHEN $22 THEN retry_now() END, retry_now() - make_interval(secs => $23::integer), retry_now() - make_interval(secs => $23::integer))
            """,
            [
                .text(id), .text(pipeline), .text(key), .integer(run), .integer(sequence.rawValue),
                isUnsent ? nil : .text(#"{"fields":{"latest_status":"\#(QueueRow.secret)"}}"#), row.map { .integer($0) }, cell.map { .text($0) },
                .text(category), .text(code), table.map { .text($0) }, column.map { .text($0) }, definition.map { .text($0) }, constraint.map { .text($0) },
                length.map { .integer($0) }, .text(incident), .text(status.rawValue), .integer(Int64(attempts)), .integer(Int64(releases)),
                .boolean(status == .pending), .text("\(nextInSeconds)"), .boolean(isLeased), .integer(Int64(failedSecondsAgo)),
            ])
    }

    /// What the loader writes about it: the row is owed, and each attempt has its line.
    func owe(_ session: PostgresSession) throws {
        try session.query(
            "INSERT INTO sync_rows (pipeline, stream, key, sequence, owed, run, synced_at) VALUES ($1, 'buyers', $2, 0, $3, $4, clock_timestamp())",
            [.text(pipeline), .text(key), .integer(sequence.rawValue), .integer(run)])
        try ErrorLog.write((1...max(1, attempts)).map { logged(attempt: $0) }, in: session)
    }

    func logged(attempt: Int) -> ErrorLogEntry {
        ErrorLogEntry(
            id: "buyers/\(key)@\(run).7#\(attempt)", pipeline: pipeline, stream: "buyers", run: run, service: .loader, recordKey: RecordKey(encoded: key),
            rowNumber: row.map(Int.init), cell: cell, sequence: sequence, attempt: attempt, category: ErrorCategory(rawValue: category) ?? .unknown, code: code,
            table: table, column: column, columnDefinition: definition, constraint: constraint, valueLength: length.map(Int.init),
            message: "the value does not fit")
    }
}

/// A line of the extractor: a row the mapper refused.
func refusal(_ id: String, pipeline: String = "buyers", run: Int64, key: String?, row: Int, cell: String, column: String?, code: String, message: String)
    -> ErrorLogEntry
{
    ErrorLogEntry(
        id: id, pipeline: pipeline, stream: "buyers", run: run, service: .extractor, recordKey: key.map { RecordKey(encoded: $0) }, rowNumber: row, cell: cell,
        attempt: 0, category: .dataType, code: code, column: column, message: message)
}

/// The command that these words make, as the executable reads them.
func command<Wanted: Command>(_ type: Wanted.Type, _ words: String...) throws -> Wanted {
    guard case .run(let command) = try Tool("retrier", summary: "", commands: [type]).request([type.name] + words), let wanted = command as? Wanted else {
        throw NeverHeld(what: "the words are understood")
    }
    return wanted
}

extension ScratchDatabase {
    func desk(_ person: String = "yamada@office") throws -> Desk { try Desk(session(), person: person) }

    /// The first column of every row that SQL gives.
    func texts(_ sql: String) throws -> [String] { try session().query(sql).map { $0.optionalText(0) ?? "NULL" } }
}
