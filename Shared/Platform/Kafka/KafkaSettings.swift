/// Where the brokers are and how to speak to them; everything librdkafka knows can be passed through.
public struct KafkaSettings: Sendable, Equatable {
    /// `host:port`, several parted by commas.
    public var bootstrapServers: String
    /// librdkafka's own properties, as in `security.protocol`; they win over ours, save those that correctness rests on.
    public var properties: [String: String]
    /// The largest record, in bytes, that is produced; topics made by us accept as much.
    public var messageBytesMax: Int

    public init(bootstrapServers: String, properties: [String: String] = [:], messageBytesMax: Int = 1_000_000) {
        (self.bootstrapServers, self.properties, self.messageBytesMax) = (bootstrapServers, properties, messageBytesMax)
    }
}
