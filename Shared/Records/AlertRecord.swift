import JSONText

/// Something a person should know: a line of the topic `alerts`. It holds names, counts and codes, never a row's values.
public struct AlertRecord: Sendable, Equatable {
    public enum Severity: String, Sendable, CaseIterable { case info, warning, error, critical }

    /// One word for the cause: `guard_held`, `unbalanced`, `topic_recreated`, `outage`, …
    public var kind: String
    public var severity: Severity
    public var pipeline: String
    public var stream: String?
    public var run: Int64?
    /// What, since when, how many, what Rollcall did, what the person should do.
    public var message: String
    /// Equal for repeats of one cause, so that they are one alert.
    public var fingerprint: String
    public var raisedAt: String
    /// The cause is gone.
    public var isResolved: Bool
    public var others = JSONObject()

    public init(
        kind: String, severity: Severity, pipeline: String, stream: String? = nil, run: Int64? = nil, message: String, fingerprint: String,
        raisedAt: String, isResolved: Bool = false
    ) {
        (self.kind, self.severity, self.pipeline, self.stream, self.run) = (kind, severity, pipeline, stream, run)
        (self.message, self.fingerprint, self.raisedAt, self.isResolved) = (message, fingerprint, raisedAt, isResolved)
    }

    public var id: String { "\(fingerprint)@\(raisedAt)" }
}

extension AlertRecord: JSONWritable {
    static let members: Set<String> = [
        "format", "id", "kind", "severity", "pipeline", "stream", "run", "message", "fingerprint", "raised_at", "resolved",
    ]

    public init(parsing bytes: [UInt8]) throws(RecordError) {
        let reader = RecordReader(try object(parsing: bytes))
        try reader.checkFormat()
        kind = try reader.text("kind")
        let word = try reader.text("severity")
        guard let severity = Severity(rawValue: word) else {
            throw RecordError(path: "severity", problem: "expected \(Severity.allCases.map(\.rawValue).joined(separator: " | "))")
        }
        self.severity = severity
        pipeline = try reader.text("pipeline")
        stream = try reader.optionalText("stream")
        run = try reader.optionalInteger("run")
        message = try reader.text("message")
        fingerprint = try reader.text("fingerprint")
        raisedAt = try reader.text("raised_at")
        isResolved = try reader.flag("resolved")
        others = reader.others(than: AlertRecord.members)
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("format", 1)
            json.member("id", id)
            json.member("kind", kind)
            json.member("severity", severity.rawValue)
            json.member("pipeline", pipeline)
            json.member("stream", stream)
            json.member("run", run)
            json.member("message", message)
            json.member("fingerprint", fingerprint)
            json.member("raised_at", raisedAt)
            json.member("resolved", isResolved)
            for member in others.members { json.member(member.name, member.value) }
        }
    }
}
