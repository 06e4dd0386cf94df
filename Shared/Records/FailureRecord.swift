import JSONText

/// Why one change, or one row, did not land: a line of the topic `failures`.
///
/// Produced and acknowledged before the transaction that counts it commits; it counts only once that did (invariant 2).
/// Its message holds names, lengths and codes; the change itself carries the values.
public struct FailureRecord: Sendable, Equatable {
    /// Where the change stood when it failed; the retrier acts once `sync_offsets` has passed it.
    public struct Position: Sendable, Equatable {
        public var topic: String
        public var partition: Int32
        public var offset: Int64
        public var generation: Int64
        public init(topic: String, partition: Int32, offset: Int64, generation: Int64) {
            (self.topic, self.partition, self.offset, self.generation) = (topic, partition, offset, generation)
        }
    }

    public enum Subject: Sendable, Equatable {
        /// The loader was refused: the change can be sent again.
        case change(ChangeRecord)
        /// The extractor could not map it: the row as read. It waits for its source and is never sent again.
        case row(JSONValue)
    }

    public var pipeline: String
    public var stream: String
    /// Nil when the row has no usable key.
    public var recordKey: RecordKey?
    public var run: Int64
    /// Nil for a row that was never emitted.
    public var sequence: Sequence?
    public var attempt: Int
    /// One of the five words of `ErrorCategory`.
    public var category: String
    /// SQLSTATE, or a rule of the mapper.
    public var code: String
    public var table: String?
    public var column: String?
    /// The column's definition at that moment, as in `character varying(50)`.
    public var columnDefinition: String?
    public var constraint: String?
    /// A sentence without values.
    public var message: String
    public var origin: Origin
    public var position: Position?
    public var subject: Subject
    public var failedAt: String
    public var others = JSONObject()

    public init(
        pipeline: String, stream: String, recordKey: RecordKey?, run: Int64, sequence: Sequence?, attempt: Int, category: String, code: String,
        table: String? = nil, column: String? = nil, columnDefinition: String? = nil, constraint: String? = nil, message: String, origin: Origin,
        position: Position? = nil, subject: Subject, failedAt: String
    ) {
        (self.pipeline, self.stream, self.recordKey, self.run, self.sequence, self.attempt) = (pipeline, stream, recordKey, run, sequence, attempt)
        (self.category, self.code, self.table, self.column, self.columnDefinition) = (category, code, table, column, columnDefinition)
        (self.constraint, self.message, self.origin, self.position, self.subject, self.failedAt) = (constraint, message, origin, position, subject, failedAt)
    }

    /// `buyers/6666@42.4120#1`: of the change and the attempt, so every delivery of one failure has one id.
    /// A row never emitted is named by its place in the run: `buyers/row.17@42#0`.
    public var id: String {
        if let sequence, let recordKey { return "\(recordKey.messageKey(stream: stream))@\(sequence.run).\(sequence.ordinal)#\(attempt)" }
        return "\(RecordKey(values: [stream]).text)/row.\(origin.row ?? 0)@\(run)#0"
    }
}

extension FailureRecord: JSONWritable {
    static let members: Set<String> = [
        "format", "id", "pipeline", "stream", "record_key", "run", "sequence", "attempt", "category", "code", "table", "column", "column_definition",
        "constraint", "message", "origin", "topic", "partition", "offset", "generation", "change", "row", "failed_at",
    ]

    public init(parsing bytes: [UInt8]) throws(RecordError) {
        let reader = RecordReader(try object(parsing: bytes))
        try reader.checkFormat()
        pipeline = try reader.text("pipeline")
        stream = try reader.text("stream")
        recordKey = try reader.optionalText("record_key").map { RecordKey(encoded: $0) }
        run = try reader.integer("run")
        sequence = try reader.optionalInteger("sequence").map { Sequence(rawValue: $0) }
        attempt = Int(try reader.integer("attempt"))
        category = try reader.text("category")
        code = try reader.text("code")
        table = try reader.optionalText("table")
        column = try reader.optionalText("column")
        columnDefinition = try reader.optionalText("column_definition")
        constraint = try reader.optionalText("constraint")
        message = try reader.text("message")
        origin = try Origin(reading: try reader.reader("origin"))
        if let topic = try reader.optionalText("topic") {
            position = Position(
                topic: topic, partition: Int32(truncatingIfNeeded: try reader.integer("partition")), offset: try reader.integer("offset"),
                generation: try reader.integer("generation"))
        }
        if let change = try reader.optionalObject("change") {
            subject = .change(try ChangeRecord(reading: RecordReader(change, path: "change")))
        } else {
            guard let row = reader.object["row"] else { throw RecordError(path: "", problem: "has neither `change` nor `row`") }
            subject = .row(row)
        }
        failedAt = try reader.text("failed_at")
        others = reader.others(than: FailureRecord.members)
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("format", 1)
            json.member("id", id)
            json.member("pipeline", pipeline)
            json.member("stream", stream)
            json.member("record_key", recordKey?.text)
            json.member("run", run)
            json.member("sequence", sequence?.rawValue)
            json.member("attempt", attempt)
            json.member("category", category)
            json.member("code", code)
            json.member("table", table)
            json.member("column", column)
            json.member("column_definition", columnDefinition)
            json.member("constraint", constraint)
            json.member("message", message)
            json.member("origin", origin)
            if let position {
                json.member("topic", position.topic)
                json.member("partition", Int64(position.partition))
                json.member("offset", position.offset)
                json.member("generation", position.generation)
            }
            switch subject {
            case .change(let change): json.member("change", change)
            case .row(let row): json.member("row", row)
            }
            json.member("failed_at", failedAt)
            for member in others.members { json.member(member.name, member.value) }
        }
    }
}
