import JSONText

/// One row's change on its way from the source to Postgres: a line of the topic `changes`.
///
/// In `fields`, absent means "leave the column alone" and null means "the source holds nothing" (invariant 6).
public struct ChangeRecord: Sendable, Equatable {
    public enum Operation: String, Sendable, CaseIterable { case upsert, delete }

    public var pipeline: String
    public var stream: String
    public var sequence: Sequence
    public var operation: Operation
    /// The key columns and their values, in the order of the pipeline's `key:`.
    public var key: JSONObject
    /// The mapped columns without those of the key, sorted by name; empty for a delete.
    public var fields: JSONObject
    /// Only some of the mapped columns are carried (`--fields`, a part that failed): supersedes nothing (invariant 6).
    public var isPartial: Bool
    public var origin: Origin
    /// Nil for a delete.
    public var hash: RowHash?
    /// 1 is the first load; retries count on.
    public var attempt: Int
    /// RFC 3339, UTC.
    public var extractedAt: String
    /// Members that this version does not know.
    public var others: JSONObject

    public init(
        pipeline: String, stream: String, sequence: Sequence, operation: Operation = .upsert, key: JSONObject, fields: JSONObject = JSONObject(),
        isPartial: Bool = false, origin: Origin, attempt: Int = 1, extractedAt: String
    ) {
        (self.pipeline, self.stream, self.sequence, self.operation, self.key) = (pipeline, stream, sequence, operation, key)
        (self.isPartial, self.origin, self.attempt, self.extractedAt) = (isPartial, origin, attempt, extractedAt)
        self.fields = fields.sortedByName()
        hash = operation == .delete ? nil : RowHash(of: fields)
        others = JSONObject()
    }

    public var run: Int64 { sequence.run }
    public var recordKey: RecordKey { RecordKey(values: key.members.map { $0.value.keyText }) }

    /// `buyers/6666@42.4120`: the same for every delivery of the same change.
    public var id: String { "\(recordKey.messageKey(stream: stream))@\(sequence.run).\(sequence.ordinal)" }
}

extension ChangeRecord: JSONWritable {
    static let members: Set<String> = [
        "format", "id", "pipeline", "stream", "run", "sequence", "op", "key", "fields", "partial", "origin", "hash", "attempt", "extracted_at",
    ]

    public init(parsing bytes: [UInt8]) throws(RecordError) { self = try ChangeRecord(reading: RecordReader(try object(parsing: bytes))) }

    init(reading reader: RecordReader) throws(RecordError) {
        try reader.checkFormat()
        pipeline = try reader.text("pipeline")
        stream = try reader.text("stream")
        sequence = Sequence(rawValue: try reader.integer("sequence"))
        let run = try reader.integer("run")
        guard run == sequence.run else { throw RecordError(path: reader.place("sequence"), problem: "belongs to run \(sequence.run), and `run` is \(run)") }
        let op = try reader.text("op")
        guard let operation = Operation(rawValue: op) else { throw RecordError(path: reader.place("op"), problem: "expected upsert or delete") }
        self.operation = operation
        key = try reader.objectMember("key")
        guard !key.members.isEmpty else { throw RecordError(path: reader.place("key"), problem: "has no columns") }
        fields = try reader.optionalObject("fields") ?? JSONObject()
        isPartial = try reader.flag("partial")
        origin = try Origin(reading: try reader.reader("origin"))
        let digits = try reader.optionalText("hash")
        hash = digits.flatMap { RowHash(hexadecimal: $0) }
        guard (hash == nil) == (operation == .delete) else {
            throw RecordError(path: reader.place("hash"), problem: operation == .delete ? "a delete has none" : "expected 16 hexadecimal digits")
        }
        attempt = Int(try reader.integer("attempt"))
        guard attempt >= 1 else { throw RecordError(path: reader.place("attempt"), problem: "expected 1 or more, got \(attempt)") }
        extractedAt = try reader.text("extracted_at")
        others = reader.others(than: ChangeRecord.members)
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("format", 1)
            json.member("id", id)
            json.member("pipeline", pipeline)
            json.member("stream", stream)
            json.member("run", run)
            json.member("sequence", sequence.rawValue)
            json.member("op", operation.rawValue)
            json.member("key", JSONValue.object(key))
            json.member("fields", JSONValue.object(fields))
            if isPartial { json.member("partial", true) }
            json.member("origin", origin)
            if let hash { json.member("hash", hash.description) }
            json.member("attempt", attempt)
            json.member("extracted_at", extractedAt)
            for member in others.members { json.member(member.name, member.value) }
        }
    }
}

/// The one object that a record's bytes hold.
func object(parsing bytes: [UInt8]) throws(RecordError) -> JSONObject {
    let value: JSONValue
    do { value = try JSONValue(parsing: bytes) } catch { throw RecordError(path: "", problem: "not JSON: \(error)") }
    guard case .object(let object) = value else { throw RecordError(path: "", problem: "expected an object, got \(value.kindName)") }
    return object
}

extension JSONWritable {
    /// The record as one line of JSON, without the line's end.
    public func line() -> [UInt8] {
        var json = JSONWriter()
        write(to: &json)
        return json.bytes
    }
}
