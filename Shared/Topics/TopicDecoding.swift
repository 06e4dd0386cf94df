import Kafka
import Records

/// A message that is no record of its topic; says where it stands and what is wrong, never what it holds.
public struct TopicError: Error, Sendable, Equatable, CustomStringConvertible {
    public let partition: KafkaPartition
    public let offset: Int64
    public let problem: String
    /// A record of a newer `format`: no damage, so the reader stops instead of passing over it.
    public let isNewerFormat: Bool

    public var description: String { "\(partition) offset \(offset): \(problem)" }
}

extension TopicRecord {
    /// Reads a record from a message, strictly: one JSON object in valid UTF-8, no name twice, no byte order mark, of this type and a known format.
    public init(reading message: KafkaMessage) throws(TopicError) {
        try self.init(message.copy())
    }

    public init(_ message: KafkaRecord) throws(TopicError) {
        func refuse(_ problem: String, isNewerFormat: Bool = false) -> TopicError {
            TopicError(partition: message.partition, offset: message.offset, problem: problem, isNewerFormat: isNewerFormat)
        }
        guard let value = message.value else { throw refuse("has no value; expected a \(Self.eventType) record") }
        // A record without the header is taken for what it holds: people produce by hand, too.
        if let type = message.headers.first(where: { $0.name == RecordHeaders.type })?.value, !type.elementsEqual(Self.eventType.utf8) {
            throw refuse("is of another type; expected \(Self.eventType)")
        }
        do { try self.init(parsing: value) } catch { throw refuse("\(error)", isNewerFormat: error.isNewerFormat) }
    }
}
