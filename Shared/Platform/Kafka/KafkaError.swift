import CKafka

/// What librdkafka or the broker refused, as fields a program can read; `Failures` gives the code its meaning.
///
/// Match on `code` or `name`, never on `message`.
public struct KafkaError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Positive: the broker's code (https://kafka.apache.org/protocol#protocol_error_codes); negative: librdkafka's own.
    public let code: Int32
    /// The code's name as librdkafka writes it: `_MSG_TIMED_OUT`, `UNKNOWN_TOPIC_OR_PART`.
    public let name: String
    /// The handle is of no use any more: make a new producer or consumer.
    public let isFatal: Bool
    /// The same call may succeed later.
    public let isRetriable: Bool
    /// What was attempted, and what came back. Topics, partitions and hosts may stand here, a record's value never.
    public let message: String

    public var description: String { "Kafka \(name) (\(code)): \(message)" }

    init(_ code: rd_kafka_resp_err_t, isFatal: Bool = false, isRetriable: Bool? = nil, _ message: String) {
        self.code = code.rawValue
        name = rd_kafka_err2name(code).map { String(cString: $0) } ?? "ERR_\(code.rawValue)"
        self.isFatal = isFatal || code == RD_KAFKA_RESP_ERR__FATAL
        self.isRetriable = isRetriable ?? (!isFatal && retriableCodes.contains(code.rawValue))
        self.message = message
    }

    /// Takes over and frees an error object of librdkafka.
    init(adopting error: OpaquePointer, during action: String) {
        defer { rd_kafka_error_destroy(error) }
        let text = rd_kafka_error_string(error).map { String(cString: $0) } ?? "no reason given"
        let code = rd_kafka_error_code(error)
        let retriable = rd_kafka_error_is_retriable(error) != 0 || retriableCodes.contains(code.rawValue)
        self.init(code, isFatal: rd_kafka_error_is_fatal(error) != 0, isRetriable: retriable, "\(action): \(text)")
    }

    /// The library's own sentence for a code.
    static func text(_ code: rd_kafka_resp_err_t) -> String { rd_kafka_err2str(code).map { String(cString: $0) } ?? "unknown error" }
}

extension KafkaError {
    /// The codes callers decide on, by name.
    public static let unknownTopicCode = RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART.rawValue
    public static let messageTooLargeCode = RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE.rawValue
    public static let queueFullCode = RD_KAFKA_RESP_ERR__QUEUE_FULL.rawValue
    public static let messageTimedOutCode = RD_KAFKA_RESP_ERR__MSG_TIMED_OUT.rawValue
    public static let timedOutCode = RD_KAFKA_RESP_ERR__TIMED_OUT.rawValue
}

/// Codes after which the same request may succeed, from the "Retriable" column of Kafka's protocol guide and, below zero, those of
/// librdkafka that mean "not reached" or "not yet".
private let retriableCodes: Set<Int32> = Set(
    [
        RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__MSG_TIMED_OUT,
        RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE, RD_KAFKA_RESP_ERR__QUEUE_FULL, RD_KAFKA_RESP_ERR__WAIT_COORD, RD_KAFKA_RESP_ERR__RESOLVE,
        RD_KAFKA_RESP_ERR__RETRY, RD_KAFKA_RESP_ERR__WAIT_CACHE,
        RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
        RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION,
        RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_NOT_COORDINATOR,
        RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND, RD_KAFKA_RESP_ERR_NOT_CONTROLLER,
        RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR, RD_KAFKA_RESP_ERR_PREFERRED_LEADER_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_THROTTLING_QUOTA_EXCEEDED,
        RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH, RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH,
        RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT,
    ].map(\.rawValue))
