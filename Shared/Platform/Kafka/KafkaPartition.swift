/// One partition of one topic.
public struct KafkaPartition: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let topic: String
    public let partition: Int32

    public init(topic: String, partition: Int32) { (self.topic, self.partition) = (topic, partition) }

    public var description: String { "\(topic)[\(partition)]" }

    public static func < (a: KafkaPartition, b: KafkaPartition) -> Bool { (a.topic, a.partition) < (b.topic, b.partition) }
}

/// Where the broker keeps a partition's records: `low` is the oldest still there, `high` the one that comes next.
public struct KafkaWatermarks: Sendable, Equatable {
    public let low: Int64
    public let high: Int64

    public init(low: Int64, high: Int64) { (self.low, self.high) = (low, high) }
}

/// A record that was stored: the broker acknowledged it there.
public struct KafkaDelivery: Sendable, Equatable {
    public let partition: KafkaPartition
    public let offset: Int64

    public init(partition: KafkaPartition, offset: Int64) { (self.partition, self.offset) = (partition, offset) }
}

/// A record with memory of its own, for readers who keep it.
public struct KafkaRecord: Sendable, Equatable {
    public let partition: KafkaPartition
    public let offset: Int64
    /// Nil and empty are two things.
    public let key: [UInt8]?
    public let value: [UInt8]?
    public let headers: [KafkaHeader]
    /// Milliseconds since 1970; nil when the broker gives none.
    public let timestampMilliseconds: Int64?

    public init(
        partition: KafkaPartition, offset: Int64, key: [UInt8]?, value: [UInt8]?, headers: [KafkaHeader] = [], timestampMilliseconds: Int64? = nil
    ) {
        (self.partition, self.offset, self.key, self.value) = (partition, offset, key, value)
        (self.headers, self.timestampMilliseconds) = (headers, timestampMilliseconds)
    }
}

/// One header; names may repeat, and a value may be null.
public struct KafkaHeader: Sendable, Equatable {
    public let name: String
    public let value: [UInt8]?

    public init(_ name: String, _ value: [UInt8]?) { (self.name, self.value) = (name, value) }
    public init(_ name: String, _ text: String) { self.init(name, Array(text.utf8)) }

    /// The value as text; nil when it is null or not UTF-8.
    public var text: String? { value.flatMap { String(validating: $0, as: UTF8.self) } }
}
