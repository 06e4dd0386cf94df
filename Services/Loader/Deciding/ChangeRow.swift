import Pipelines
import Records

/// One field of a change; absent and blank are two things (invariant 6).
enum FieldValue: Equatable, Sendable {
    /// The change does not carry the column: leave it alone.
    case absent
    /// The source holds nothing.
    case blank
    case value(String)

    var isAbsent: Bool { self == .absent }
}

/// One change with values of its own, for the deciding path, where rows are few and looked at one by one.
struct ChangeRow: Equatable, Sendable {
    /// Its place among the records of its batch.
    var index: Int
    var sequence: Records.Sequence
    var operation: ChangeRecord.Operation
    var isPartial: Bool
    var attempt: Int
    var hash: Int64?
    /// `record_key`.
    var key: String
    /// In the layout's order, the key's columns first.
    var fields: [FieldValue]
    var unmappedColumn: String?

    var run: Int64 { sequence.run }
    var isFirstAttempt: Bool { attempt == 1 }
}

extension ScannedBatch {
    /// The change at `index` among `changes`, copied out of the arena.
    func row(_ index: Int, columns: Int) -> ChangeRow {
        let change = changes[index]
        let values = (0..<columns).map { column -> FieldValue in
            let field = fields[change.firstField + column]
            return field.hasValue ? .value(arena.string(field)) : field.isNull ? .blank : .absent
        }
        return ChangeRow(
            index: index, sequence: change.sequence, operation: change.operation, isPartial: change.isPartial, attempt: change.attempt, hash: change.hash,
            key: arena.string(change.key), fields: values, unmappedColumn: unmappedColumns[index])
    }
}
