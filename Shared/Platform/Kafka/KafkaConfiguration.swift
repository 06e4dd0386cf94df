import CKafka

/// Builds the configuration of one client; properties that nobody knows are refused by name.
struct KafkaConfiguration: ~Copyable {
    private let conf: OpaquePointer

    /// - Parameters:
    ///   - defaults: ours; the user's properties win over them.
    ///   - fixed: ours, on which correctness rests; a user who sets one to another value is refused.
    init(_ settings: KafkaSettings, defaults: [String: String], fixed: [String: String]) throws(KafkaError) {
        conf = rd_kafka_conf_new()
        try set("bootstrap.servers", settings.bootstrapServers)
        for (name, value) in defaults.sorted(by: { $0.key < $1.key }) where settings.properties[name] == nil { try set(name, value) }
        for (name, value) in settings.properties.sorted(by: { $0.key < $1.key }) {
            if let ours = fixed[name], ours != value {
                throw KafkaError(RD_KAFKA_RESP_ERR__INVALID_ARG, "Kafka property \(name) is set by the user; it must stay \(ours): remove the setting")
            }
            try set(name, value)
        }
        for (name, value) in fixed.sorted(by: { $0.key < $1.key }) { try set(name, value) }
    }

    deinit { rd_kafka_conf_destroy(conf) }

    /// Lets `adjust` set what is no text: callbacks, the opaque, the events wanted.
    func adjust(_ adjust: (OpaquePointer) -> Void) { adjust(conf) }

    /// Hands the object over to `rd_kafka_new`.
    consuming func release() -> OpaquePointer {
        let conf = conf
        discard self
        return conf
    }

    private func set(_ name: String, _ value: String) throws(KafkaError) {
        var reason = [CChar](repeating: 0, count: 512)
        guard rd_kafka_conf_set(conf, name, value, &reason, reason.count) != RD_KAFKA_CONF_OK else { return }
        // librdkafka's sentence repeats the value, which may be a password.
        throw KafkaError(
            RD_KAFKA_RESP_ERR__INVALID_ARG,
            "Kafka property \(name) is unknown to librdkafka \(String(cString: rd_kafka_version_str())) or its value is not accepted; see its CONFIGURATION.md")
    }
}
