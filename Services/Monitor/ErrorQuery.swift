import Failures
import JSONText
import Postgres

/// Which lines of `sync_error_log` are asked for: those that match every filter given, and all of them (B8).
struct ErrorQuery: Sendable {
    var pipeline: String?
    /// RFC 3339, inclusive.
    var since: String?
    /// RFC 3339, exclusive.
    var until: String?
    var category: ErrorCategory?
    /// As in `record_key`.
    var key: String?

    /// - Returns: oldest first.
    func run(in session: PostgresSession) throws(PostgresError) -> [LoggedError] {
        let rows = try session.query(
            """
            SELECT id, pipeline, stream, run, service, record_key, row_number, cell, attempt, error_type, error_code, table_name, column_name,
                column_definition, constraint_name, value_length, message, retryable,
                to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
            FROM sync_error_log
            WHERE ($1::text IS NULL OR pipeline = $1) AND ($2::timestamptz IS NULL OR created_at >= $2) AND ($3::timestamptz IS NULL OR created_at < $3)
                AND ($4::text IS NULL OR error_type = $4) AND ($5::text IS NULL OR record_key = $5)
            ORDER BY created_at, id
            """,
            [pipeline.map { .text($0) }, since.map { .text($0) }, until.map { .text($0) }, category.map { .text($0.rawValue) }, key.map { .text($0) }])
        var errors: [LoggedError] = []
        errors.reserveCapacity(rows.count)
        for row in rows { errors.append(try LoggedError(row)) }
        return errors
    }
}

/// One line of the error log, for people and programs. It holds no value of the row (invariant 10).
struct LoggedError: Sendable {
    var id: String
    var pipeline: String, stream: String
    var run: Int64
    var service: String
    var key: String?
    var rowNumber: Int64?
    var cell: String?
    var attempt: Int64
    var category: String, code: String
    var table: String?, column: String?, columnDefinition: String?, constraint: String?
    var valueLength: Int64?
    var message: String
    var isRetryable: Bool
    var createdAt: String

    init(_ row: PostgresRow) throws(PostgresError) {
        (id, pipeline, stream, run) = (try row.text(0), try row.text(1), try row.text(2), try row.integer(3))
        (service, key, rowNumber, cell) = (try row.text(4), row.optionalText(5), try row.optionalInteger(6), row.optionalText(7))
        (attempt, category, code) = (try row.integer(8), try row.text(9), try row.text(10))
        (table, column, columnDefinition, constraint) = (row.optionalText(11), row.optionalText(12), row.optionalText(13), row.optionalText(14))
        (valueLength, message, isRetryable) = (try row.optionalInteger(15), try row.text(16), try row.boolean(17))
        createdAt = try row.text(18)
    }

    /// `2026-11-21T02:28:00.000000Z  buyers/buyers 6666 (買主リスト!A4120): field_length 22001, attempt 1: …`
    var line: String {
        let place = cell ?? rowNumber.map { "row \($0)" }
        let what = "\(createdAt)  \(pipeline)/\(stream) \(key ?? "(no key)")" + (place.map { " (\($0))" } ?? "")
        return "\(what): \(category) \(code), attempt \(attempt): \(message)"
    }

    /// The columns of the table by their names.
    var json: JSONObject {
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        func number(_ value: Int64?) -> JSONValue { value.map { .number(String($0)) } ?? .null }
        return [
            "id": .string(id), "pipeline": .string(pipeline), "stream": .string(stream), "run": number(run), "service": .string(service),
            "record_key": text(key), "row_number": number(rowNumber), "cell": text(cell), "attempt": number(attempt), "error_type": .string(category),
            "error_code": .string(code), "table_name": text(table), "column_name": text(column), "column_definition": text(columnDefinition),
            "constraint_name": text(constraint), "value_length": number(valueLength), "message": .string(message), "retryable": .bool(isRetryable),
            "created_at": .string(createdAt),
        ]
    }
}
