import Books
import Failures
import JSONText
import Mapping
import Pipelines
import Records
import Reporting

/// Why one row of the source is not sent: what stands in `failures` (with the row) and in `sync_error_log` (without its values).
struct RowRefusal: Sendable {
    /// The row as read; each reason is a line of the log.
    struct Reason: Sendable, Equatable {
        var category: ErrorCategory
        /// A rule of the mapper, `duplicate_key` or `record_too_large`.
        var code: String
        /// The target column, if one is to blame.
        var column: String?
        /// The address of the cell, or of the row.
        var cell: String
        /// Without values (invariant 10).
        var message: String
    }

    var key: RecordKey?
    var row: Int
    var reasons: [Reason]
    /// Header and text of every cell that holds something.
    var content: JSONValue

    /// - Parameter failedAt: RFC 3339, UTC.
    func failure(pipeline: String, stream: String, run: Int64, sourceKind: String, failedAt: String) -> FailureRecord {
        let first = reasons[0]
        return FailureRecord(
            pipeline: pipeline, stream: stream, recordKey: key, run: run, sequence: nil, attempt: 0, category: first.category.rawValue, code: first.code,
            column: first.column, message: reasons.map(\.message).joined(separator: "; "), origin: Origin(kind: sourceKind, row: row, cell: first.cell),
            subject: .row(content), failedAt: failedAt)
    }

    /// One line for each reason, so that each field is found by its name (F3).
    func entries(_ failure: FailureRecord) -> [ErrorLogEntry] {
        reasons.enumerated().map { place, reason in
            var entry = ErrorLogEntry(failure, service: .extractor, category: reason.category)
            if place > 0 { entry.id += "/\(place + 1)" }
            (entry.code, entry.column, entry.cell, entry.message) = (reason.code, reason.column, reason.cell, reason.message)
            return entry
        }
    }
}

extension RowRefusal.Reason {
    init(_ problem: Rejection.Problem, cell: String) {
        self.init(category: .dataType, code: problem.rule.rawValue, column: problem.field, cell: cell, message: problem.description)
    }

    /// All rows with one key are left out: nobody can tell which of them is right.
    static func duplicate(rows: [Int], cell: String) -> Self {
        let places = listed(rows.map { "\($0)" }, limit: 20)
        return Self(
            category: .constraintViolation, code: "duplicate_key", cell: cell, message: "the same key stands in rows \(places); keep one of them")
    }

    /// A row that the database lacks can't be made without a required field; one that it has is changed without it (invariant 6).
    static func unread(_ column: ColumnMapping, cell: String) -> Self {
        Self(
            category: .transient, code: "part_unread", column: column.to, cell: cell,
            message: "\(column.to): the row is new, and what would hold \(listed(column.from.headers, limit: 5)) could not be read in this run; "
                + "the next run that can read it sends the row")
    }

    static func tooLarge(bytes: Int, limit: Int, cell: String) -> Self {
        Self(
            category: .fieldLength, code: "record_too_large", cell: cell,
            message: "the row makes a record of up to \(grouped(bytes)) bytes, and Kafka takes \(grouped(limit)); shorten it, or raise "
                + "ROLLCALL_KAFKA_MESSAGE_BYTES_MAX and the topic's max.message.bytes")
    }
}

/// A row's cells under their headers, for the failure record alone. A row that no record can hold is told by its size.
func content(of row: borrowing SourceRow, header: [String], bytesMax: Int) -> JSONValue {
    guard row.bytes.count <= bytesMax else { return .object(["omitted_bytes": .number(String(row.bytes.count))]) }
    var cells: [JSONValue] = []
    for column in header.indices where row.kind(column) != .empty && row.kind(column) != .absent {
        cells.append(.object(["header": .string(header[column]), "value": .string(row.text(column))]))
    }
    return .array(cells)
}
