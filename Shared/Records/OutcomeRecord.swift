import JSONText

/// Tells that changes were applied, one batch or several that followed each other: a line of the topic `outcomes`.
///
/// Produced after the commit, may be lost, and decides nothing: progress and alerts use it.
public struct OutcomeRecord: Sendable, Equatable {
    public struct Share: Sendable, Equatable {
        public var stream: String
        public var run: Int64
        public var tallies: Tallies
        public init(stream: String, run: Int64, tallies: Tallies) { (self.stream, self.run, self.tallies) = (stream, run, tallies) }
    }

    public var pipeline: String
    public var topic: String
    public var partition: Int32
    public var generation: Int64
    /// It covers `fromOffset..<nextOffset`.
    public var fromOffset: Int64
    public var nextOffset: Int64
    public var shares: [Share]
    /// Ids of the changes among them that were retries.
    public var retried: [String]
    public var appliedAt: String
    public var others = JSONObject()

    public init(
        pipeline: String, topic: String, partition: Int32, generation: Int64, fromOffset: Int64, nextOffset: Int64, shares: [Share], retried: [String] = [],
        appliedAt: String
    ) {
        (self.pipeline, self.topic, self.partition, self.generation) = (pipeline, topic, partition, generation)
        (self.fromOffset, self.nextOffset, self.shares, self.retried, self.appliedAt) = (fromOffset, nextOffset, shares, retried, appliedAt)
    }

    /// `rollcall.buyers.changes/0@1.4100`: topic, partition, generation, first offset.
    public var id: String { "\(topic)/\(partition)@\(generation).\(fromOffset)" }
}

extension OutcomeRecord: JSONWritable {
    static let members: Set<String> = [
        "format", "id", "pipeline", "topic", "partition", "generation", "from_offset", "next_offset", "shares", "retried", "applied_at",
    ]

    public init(parsing bytes: [UInt8]) throws(RecordError) {
        let reader = RecordReader(try object(parsing: bytes))
        try reader.checkFormat()
        pipeline = try reader.text("pipeline")
        topic = try reader.text("topic")
        partition = Int32(truncatingIfNeeded: try reader.integer("partition"))
        generation = try reader.integer("generation")
        fromOffset = try reader.integer("from_offset")
        nextOffset = try reader.integer("next_offset")
        shares = []
        for (index, value) in try reader.optionalList("shares").enumerated() {
            guard case .object(let object) = value else { throw RecordError(path: "shares[\(index)]", problem: "expected an object, got \(value.kindName)") }
            let share = RecordReader(object, path: "shares[\(index)]")
            shares.append(Share(stream: try share.text("stream"), run: try share.integer("run"), tallies: try Tallies(reading: try share.reader("tallies"))))
        }
        retried = []
        for (index, value) in try reader.optionalList("retried").enumerated() {
            guard case .string(let id) = value else { throw RecordError(path: "retried[\(index)]", problem: "expected text, got \(value.kindName)") }
            retried.append(id)
        }
        appliedAt = try reader.text("applied_at")
        others = reader.others(than: OutcomeRecord.members)
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("format", 1)
            json.member("id", id)
            json.member("pipeline", pipeline)
            json.member("topic", topic)
            json.member("partition", Int64(partition))
            json.member("generation", generation)
            json.member("from_offset", fromOffset)
            json.member("next_offset", nextOffset)
            json.array("shares") { json in
                for share in shares {
                    json.object { json in
                        json.member("stream", share.stream)
                        json.member("run", share.run)
                        json.member("tallies", share.tallies)
                    }
                }
            }
            if !retried.isEmpty { json.array("retried") { json in for id in retried { json.string(id) } } }
            json.member("applied_at", appliedAt)
            for member in others.members { json.member(member.name, member.value) }
        }
    }
}
