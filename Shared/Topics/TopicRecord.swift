import JSONText
import Records

/// A record that travels by a topic of its own: what its envelope says besides the line itself.
public protocol TopicRecord: Sendable, Equatable, JSONWritable {
    /// `ce_type`, as in `rollcall.change`.
    static var eventType: String { get }
    /// `ce_id`: the same for every delivery of the same fact.
    var id: String { get }
    /// `ce_time`: when it happened, RFC 3339, UTC.
    var time: String { get }
    /// Decides the partition: records of one key stay in order.
    var messageKey: String { get }
    /// `rollcall-run`, where it belongs to one.
    var headerRun: Int64? { get }
    /// `rollcall-attempt`, where it counts attempts.
    var headerAttempt: Int? { get }

    init(parsing bytes: [UInt8]) throws(RecordError)
}

extension TopicRecord {
    public var headerAttempt: Int? { nil }
}

extension ChangeRecord: TopicRecord {
    public static var eventType: String { "rollcall.change" }
    public var time: String { extractedAt }
    public var messageKey: String { recordKey.messageKey(stream: stream) }
    public var headerRun: Int64? { run }
    public var headerAttempt: Int? { attempt }
}

extension FailureRecord: TopicRecord {
    public static var eventType: String { "rollcall.failure" }
    public var time: String { failedAt }
    /// A row without a usable key has its own name for one.
    public var messageKey: String { recordKey.map { $0.messageKey(stream: stream) } ?? id }
    public var headerRun: Int64? { run }
    public var headerAttempt: Int? { attempt }
}

extension OutcomeRecord: TopicRecord {
    public static var eventType: String { "rollcall.outcome" }
    public var time: String { appliedAt }
    /// One partition's outcomes stay in order.
    public var messageKey: String { "\(topic)/\(partition)" }
    /// A batch may hold the changes of several runs.
    public var headerRun: Int64? { nil }
}

extension AlertRecord: TopicRecord {
    public static var eventType: String { "rollcall.alert" }
    public var time: String { raisedAt }
    public var messageKey: String { fingerprint }
    public var headerRun: Int64? { run }
}

extension RunRecord: TopicRecord {
    public static var eventType: String { "rollcall.run" }
    public var time: String { at }
    public var messageKey: String { pipeline }
    public var headerRun: Int64? { run }
}
