import Records

/// One row as its record will carry it; a mapper fills the same value again and again and keeps the memory.
public struct MappedRow: Sendable {
    /// The `fields` object, canonical: members in the order of their names' bytes, no spaces. Key columns are not in it.
    public internal(set) var fields: [UInt8] = []
    /// The `key` object, in the order of the pipeline's `key:`.
    public internal(set) var key: [UInt8] = []
    /// The record's key as `record_key` columns hold it: see `RecordKey`.
    public internal(set) var recordKeyBytes: [UInt8] = []
    /// Over `fields`.
    public internal(set) var hash = RowHash(rawValue: 0)
    /// `onInvalid: keep` left a typed field out, or a part of the source could not be read: the record carries `"partial":true`, and the target keeps what it has (invariant 6).
    public internal(set) var isPartial = false
    /// Required columns of which nobody can say whether they hold anything, as places among the stream's columns: without them a row can be
    /// changed, and not made.
    public internal(set) var absentRequired: [Int] = []

    public init() {}

    public var recordKey: RecordKey { RecordKey(encoded: String(decoding: recordKeyBytes, as: UTF8.self)) }

    mutating func begin() {
        fields.removeAll(keepingCapacity: true)
        key.removeAll(keepingCapacity: true)
        recordKeyBytes.removeAll(keepingCapacity: true)
        isPartial = false
        absentRequired.removeAll(keepingCapacity: true)
    }
}

/// What became of a row.
public enum MapOutcome: Sendable {
    /// The `MappedRow` holds it.
    case mapped
    /// No mapped cell holds anything but unticked checkboxes, which a sheet has in every row of a column.
    case blank
    /// A cell breaks a rule that holds its row; `MappedRow.recordKey` is the row's key if the key could be read, else it is empty.
    case rejected(Rejection)
}
