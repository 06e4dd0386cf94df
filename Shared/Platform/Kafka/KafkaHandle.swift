import CKafka
import Dispatch

/// Owns one `rd_kafka_t`. Whatever borrows memory of it (topics, batches) holds this object, so it goes last.
///
/// `@unchecked Sendable`: librdkafka's handle may be used from any thread ("librdkafka is completely thread-safe", INTRODUCTION.md).
final class KafkaHandle: @unchecked Sendable {
    let pointer: OpaquePointer
    /// The C callbacks' opaque, which C does not retain.
    let context: KafkaContext
    private let destroyFlags: Int32

    /// - Parameters:
    ///   - configuration: taken over, whether or not this succeeds.
    ///   - onNotice: called on threads of librdkafka.
    init(
        _ type: rd_kafka_type_t, _ configuration: consuming KafkaConfiguration, onNotice: @escaping @Sendable (KafkaNotice) -> Void = { _ in }
    ) throws(KafkaError) {
        let conf = configuration.release()
        context = KafkaContext(onNotice: onNotice)
        rd_kafka_conf_set_opaque(conf, Unmanaged.passUnretained(context).toOpaque())
        rd_kafka_conf_set_log_cb(conf, takeLogLine)
        var reason = [CChar](repeating: 0, count: 512)
        guard let pointer = rd_kafka_new(type, conf, &reason, reason.count) else {
            rd_kafka_conf_destroy(conf)  // Only success takes it over.
            throw KafkaError(rd_kafka_last_error(), "the Kafka client could not be made: \(text(reason))")
        }
        self.pointer = pointer
        // Leaving the group is `KafkaConsumer.close`'s business; here nobody may wait for the coordinator.
        destroyFlags = type == RD_KAFKA_CONSUMER ? Int32(RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE) : 0
    }

    deinit {
        // It joins librdkafka's threads, which may take a while: not on the cooperative pool.
        nonisolated(unsafe) let pointer = pointer
        let (flags, context) = (destroyFlags, context)
        DispatchQueue.global(qos: .utility).async { @Sendable in
            withExtendedLifetime(context) { rd_kafka_destroy_flags(pointer, flags) }
        }
    }

    /// The first fatal error this handle met; it stays for its whole life.
    var fatalError: KafkaError? {
        var reason = [CChar](repeating: 0, count: 512)
        let code = rd_kafka_fatal_error(pointer, &reason, reason.count)
        return code == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : KafkaError(code, isFatal: true, text(reason))
    }
}

/// The text that librdkafka wrote into a buffer of ours, up to its NUL.
func text(_ buffer: [CChar]) -> String {
    String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
