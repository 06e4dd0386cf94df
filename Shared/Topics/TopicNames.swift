/// The names of the topics, `rollcall.<pipeline>.changes` and its kin; the prefix lets several installations share brokers.
public struct TopicNames: Sendable, Hashable {
    public let prefix: String
    public let pipeline: String

    /// - Parameter pipeline: letters, digits, `_` and `-`, as the pipeline file checks.
    public init(prefix: String = "rollcall", pipeline: String) { (self.prefix, self.pipeline) = (prefix, pipeline) }

    public var changes: String { "\(prefix).\(pipeline).changes" }
    public var failures: String { "\(prefix).\(pipeline).failures" }
    public var outcomes: String { "\(prefix).\(pipeline).outcomes" }
    public var deadLetters: String { "\(prefix).\(pipeline).dead-letters" }
    public var runs: String { "\(prefix).runs" }
    public var commands: String { "\(prefix).commands" }
    public var alerts: String { "\(prefix).alerts" }

    /// Every topic that this pipeline's services need.
    public var all: [String] { [changes, failures, outcomes, deadLetters, runs, commands, alerts] }
}
