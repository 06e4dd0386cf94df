import Failures
import JSONText
import Postgres

/// An entry of the queue as people and programs see it: names, codes and times, never its content (invariant 10).
struct WaitingEntry: Sendable, Equatable {
    var id: String
    var pipeline: String, stream: String, recordKey: String
    var run: Int64, sequence: Int64
    var cell: String?
    var category: String, code: String
    var table: String?, column: String?, constraint: String?
    /// The definition it met, as in `character varying(50)`.
    var columnDefinition: String?
    var valueLength: Int64?
    var message: String
    var incident: String
    var attempts: Int64, releases: Int64
    /// RFC 3339, UTC.
    var firstFailedAt: String, lastFailedAt: String
    var nextRetryAt: String?
    var next: NextRetry

    /// What `init` reads, of `retry_queue q`.
    static let columnsSQL = """
        q.id, q.pipeline, q.stream, q.record_key, q.run, q.sequence, q.cell, q.error_type, q.error_code, q.table_name, q.column_name, q.constraint_name,
        q.column_definition, q.value_length, q.message, q.incident, q.attempt_count, q.releases, \(utcText("q.first_failed_at")),
        \(utcText("q.last_failed_at")), \(utcText("q.next_retry_at")), q.status, extract(epoch FROM q.next_retry_at - retry_now())::double precision
        """

    init(_ row: PostgresRow) throws(PostgresError) {
        (id, pipeline, stream, recordKey) = (try row.text(0), try row.text(1), try row.text(2), try row.text(3))
        (run, sequence, cell) = (try row.integer(4), try row.integer(5), row.optionalText(6))
        (category, code) = (try row.text(7), try row.text(8))
        (table, column, constraint, columnDefinition) = (row.optionalText(9), row.optionalText(10), row.optionalText(11), row.optionalText(12))
        (valueLength, message, incident) = (try row.optionalInteger(13), try row.text(14), try row.text(15))
        (attempts, releases) = (try row.integer(16), try row.integer(17))
        (firstFailedAt, lastFailedAt) = (try row.text(18), try row.text(19))
        guard let status = RetryEntry.Status(rawValue: try row.text(21)) else {
            throw PostgresError(kind: .unexpectedAnswer, problem: "retry_queue has a status of a newer Rollcall; use that one")
        }
        // Only a time that counts is told: an entry that failed for good keeps none.
        nextRetryAt = status == .pending ? row.optionalText(20) : nil
        let isCurable = category == ErrorCategory.fieldLength.rawValue || category == ErrorCategory.dataType.rawValue
        next = NextRetry(
            status: status, seconds: try row.optionalDouble(22),
            waitsForColumn: isCurable && column != nil && columnDefinition != nil && status != .waitsForSource)
    }

    /// The columns of the table by their names, and when it is tried next, in words.
    var json: JSONObject {
        [
            "id": .string(id), "pipeline": .string(pipeline), "stream": .string(stream), "record_key": .string(recordKey), "run": jsonNumber(run),
            "sequence": jsonNumber(sequence), "cell": jsonText(cell), "error_type": .string(category), "error_code": .string(code),
            "table_name": jsonText(table), "column_name": jsonText(column), "column_definition": jsonText(columnDefinition),
            "constraint_name": jsonText(constraint), "value_length": jsonNumber(valueLength), "message": .string(message), "incident": .string(incident),
            "status": .string(next.status.rawValue), "attempt_count": jsonNumber(attempts), "releases": jsonNumber(releases),
            "first_failed_at": .string(firstFailedAt), "last_failed_at": .string(lastFailedAt), "next_retry_at": jsonText(nextRetryAt),
            "next_retry": .string(next.words),
        ]
    }
}

func jsonText(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
func jsonNumber(_ number: Int64?) -> JSONValue { number.map { .number(String($0)) } ?? .null }
