import CKafka

/// Something librdkafka tells and works on by itself: a broker that is down, a request it repeats. For the log, at the service's choice.
public struct KafkaNotice: Sendable, CustomStringConvertible {
    /// As in syslog: 3 and below are errors, 4 warnings, 5 and above information.
    public let level: Int32
    /// An error's name (`_ALL_BROKERS_DOWN`), or the part of librdkafka that speaks (`FAIL`, `GETPID`).
    public let name: String
    /// What happened; topics and hosts may stand here, never a value of a record.
    public let message: String
    /// With its code, where librdkafka gives one.
    public let error: KafkaError?

    init(level: Int32, name: String, _ message: String) { (self.level, self.name, self.message, error) = (level, name, message, nil) }
    init(_ error: KafkaError) { (level, name, message, self.error) = (error.isFatal ? 3 : 4, error.name, error.message, error) }

    public var description: String { "\(name): \(message)" }
}

/// What the C callbacks of one client reach through its opaque; it lives as long as the client.
final class KafkaContext: Sendable {
    let onNotice: @Sendable (KafkaNotice) -> Void
    let rebalances = RebalanceAnnouncements()

    init(onNotice: @escaping @Sendable (KafkaNotice) -> Void) { self.onNotice = onNotice }
}

/// librdkafka calls this on threads of its own; without it, it would write to standard error.
let takeLogLine: @convention(c) (OpaquePointer?, Int32, UnsafePointer<CChar>?, UnsafePointer<CChar>?) -> Void = { client, level, facility, text in
    guard let client, let text, let opaque = rd_kafka_opaque(client) else { return }
    let context = Unmanaged<KafkaContext>.fromOpaque(opaque).takeUnretainedValue()
    context.onNotice(KafkaNotice(level: level, name: facility.map { String(cString: $0) } ?? "", String(cString: text)))
}
