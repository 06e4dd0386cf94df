import Failures
import Records

/// One line of `sync_error_log`: a row that was refused, with its reason and without its values (invariant 10).
public struct ErrorLogEntry: Sendable, Equatable {
    public enum Service: String, Sendable { case extractor, loader }

    /// Of the change and the attempt, as `FailureRecord.id`: one failure is one line, however often it is delivered.
    public var id: String
    public var pipeline: String
    public var stream: String
    public var run: Int64
    public var service: Service
    /// Nil when the row has no usable key.
    public var recordKey: RecordKey?
    /// As the source shows it, from 1.
    public var rowNumber: Int?
    public var cell: String?
    /// Nil for a row that was never emitted.
    public var sequence: Sequence?
    public var attempt: Int
    public var category: ErrorCategory
    /// SQLSTATE, or a rule of the mapper.
    public var code: String
    public var table: String?
    public var column: String?
    /// As in `character varying(50)`.
    public var columnDefinition: String?
    public var constraint: String?
    /// In characters.
    public var valueLength: Int?
    /// A sentence without values.
    public var message: String

    public var isRetryable: Bool { category.isRetryable(code: code) }

    /// - Parameter valueLength: of the refused value, in characters.
    public init(_ failure: FailureRecord, service: Service, category: ErrorCategory, valueLength: Int? = nil) {
        (id, pipeline, stream, run, self.service) = (failure.id, failure.pipeline, failure.stream, failure.run, service)
        (recordKey, rowNumber, cell) = (failure.recordKey, failure.origin.row, failure.origin.cell)
        (sequence, attempt, self.category, code) = (failure.sequence, failure.attempt, category, failure.code)
        (table, column, columnDefinition, constraint) = (failure.table, failure.column, failure.columnDefinition, failure.constraint)
        (self.valueLength, message) = (valueLength, failure.message)
    }

    public init(
        id: String, pipeline: String, stream: String, run: Int64, service: Service, recordKey: RecordKey?, rowNumber: Int? = nil, cell: String? = nil,
        sequence: Sequence? = nil, attempt: Int, category: ErrorCategory, code: String, table: String? = nil, column: String? = nil,
        columnDefinition: String? = nil, constraint: String? = nil, valueLength: Int? = nil, message: String
    ) {
        (self.id, self.pipeline, self.stream, self.run, self.service) = (id, pipeline, stream, run, service)
        (self.recordKey, self.rowNumber, self.cell, self.sequence, self.attempt) = (recordKey, rowNumber, cell, sequence, attempt)
        (self.category, self.code, self.table, self.column) = (category, code, table, column)
        (self.columnDefinition, self.constraint, self.valueLength, self.message) = (columnDefinition, constraint, valueLength, message)
    }
}
