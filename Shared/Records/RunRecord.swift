import JSONText

/// A run changed its state: a line of the topic `runs`, for people who tail it and for the monitor. `sync_runs` is the truth.
public struct RunRecord: Sendable, Equatable {
    public var run: Int64
    public var pipeline: String
    /// `running`, or the word it closed with.
    public var status: String
    /// One sentence an owner understands; empty while it runs.
    public var summary: String
    public var at: String
    public var others = JSONObject()

    public init(run: Int64, pipeline: String, status: String, summary: String, at: String) {
        (self.run, self.pipeline, self.status, self.summary, self.at) = (run, pipeline, status, summary, at)
    }

    public var id: String { "\(pipeline)@\(run).\(status)" }
}

extension RunRecord: JSONWritable {
    static let members: Set<String> = ["format", "id", "run", "pipeline", "status", "summary", "at"]

    public init(parsing bytes: [UInt8]) throws(RecordError) {
        let reader = RecordReader(try object(parsing: bytes))
        try reader.checkFormat()
        run = try reader.integer("run")
        pipeline = try reader.text("pipeline")
        status = try reader.text("status")
        summary = try reader.text("summary")
        at = try reader.text("at")
        others = reader.others(than: RunRecord.members)
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("format", 1)
            json.member("id", id)
            json.member("run", run)
            json.member("pipeline", pipeline)
            json.member("status", status)
            json.member("summary", summary)
            json.member("at", at)
            for member in others.members { json.member(member.name, member.value) }
        }
    }
}
