import Books
import Failures
import Foundation
import JSONText
import Pipelines
import Records

/// A refused change in its two forms: the record that `failures` must have first, and the line of `sync_error_log` that counts it.
struct FailureReport: Sendable {
    let record: FailureRecord
    let line: ErrorLogEntry

    /// - Parameter payload: the change as it came, which the record carries on.
    init(_ problem: RowProblem, of change: ChangeRecord, table: String?, at offset: Int64, in range: BatchRange, now: Date) {
        record = FailureRecord(
            pipeline: change.pipeline, stream: change.stream, recordKey: change.recordKey, run: change.run, sequence: change.sequence, attempt: change.attempt,
            category: problem.category.rawValue, code: problem.code, table: table, column: problem.column, columnDefinition: problem.columnDefinition,
            constraint: problem.constraint, message: problem.message, origin: change.origin, position: range.position(of: offset), subject: .change(change),
            failedAt: now.formatted(.iso8601))
        line = ErrorLogEntry(record, service: .loader, category: problem.category, valueLength: problem.valueLength)
    }

    /// A record that is no change at all: known only by where it lies.
    init(damage: RecordError?, of raw: RawRecord, pipeline: String, stream: String?, in range: BatchRange, now: Date) {
        let place = "\(range.topic)/\(range.partition)@\(range.generation).\(raw.offset)"
        let origin = Origin(kind: "kafka", row: Int(raw.offset), cell: place)
        let problem = damage.map { "not a change record: \($0)" } ?? "a record without a value"
        record = FailureRecord(
            pipeline: pipeline, stream: stream ?? "", recordKey: nil, run: 0, sequence: nil, attempt: 1, category: ErrorCategory.unknown.rawValue,
            code: "record", message: problem, origin: origin, position: range.position(of: raw.offset),
            subject: .row(raw.value.map { .string(String(decoding: $0, as: UTF8.self)) } ?? .null), failedAt: now.formatted(.iso8601))
        line = ErrorLogEntry(
            id: place, pipeline: pipeline, stream: stream ?? "", run: 0, service: .loader, recordKey: nil, rowNumber: nil, cell: place, attempt: 1,
            category: .unknown, code: "record", message: problem)
    }
}

extension BatchRange {
    func position(of offset: Int64) -> FailureRecord.Position {
        FailureRecord.Position(topic: topic, partition: partition, offset: offset, generation: generation)
    }
}

/// Where failures go before they count (invariant 2).
protocol FailureSink: Sendable {
    /// Returns once the broker has acknowledged every record.
    func report(_ failures: [FailureRecord]) async throws
}
