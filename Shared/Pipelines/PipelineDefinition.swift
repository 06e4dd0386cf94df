/// One file of `ops/pipelines`: a source, the tables it feeds and when.
public struct PipelineDefinition: Sendable {
    /// Unique among all files; topics and tables carry it.
    public let name: String
    public let file: String
    /// nil: synced only when somebody asks.
    public let schedule: Schedule?
    public let source: SourceDefinition
    /// In the order of the file; never empty.
    public let streams: [StreamDefinition]
    public let alerts: AlertThresholds
    public let retry: RetryDelays

    public init(
        name: String, file: String, schedule: Schedule? = nil, source: SourceDefinition, streams: [StreamDefinition], alerts: AlertThresholds = .standard,
        retry: RetryDelays = .standard
    ) {
        (self.name, self.file, self.schedule, self.source) = (name, file, schedule, source)
        (self.streams, self.alerts, self.retry) = (streams, alerts, retry)
    }

    public func stream(named name: String) -> StreamDefinition? { streams.first { $0.name == name } }
}
