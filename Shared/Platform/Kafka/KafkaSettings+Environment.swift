import Settings

extension KafkaSettings: SettingsReadable {
    /// From `KAFKA_BOOTSTRAP_SERVERS` and what TLS and SASL need; the rest of librdkafka's properties by `ROLLCALL_KAFKA_PROPERTIES`.
    public init(reading settings: SettingsReader) throws(SettingsError) {
        bootstrapServers = try settings.required("KAFKA_BOOTSTRAP_SERVERS", as: String.self, "the Kafka brokers, as host:port, parted by commas")
        messageBytesMax = try settings.value(
            "ROLLCALL_KAFKA_MESSAGE_BYTES_MAX", default: 1_000_000, in: 10_000...100_000_000, "the largest record in bytes; the topics must allow it")
        var properties: [String: String] = [:]
        let list = try settings.value(
            "ROLLCALL_KAFKA_PROPERTIES", default: "", "more properties of librdkafka (see its CONFIGURATION.md): name=value, parted by `;`")
        for pair in list.split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let isPair = parts.count == 2 && !parts[0].isEmpty
            try settings.check(isPair, "ROLLCALL_KAFKA_PROPERTIES has a part without `=`; expected name=value;name=value")
            if isPair { properties[String(parts[0])] = String(parts[1]) }
        }
        for (variable, property, explanation) in KafkaSettings.texts {
            if let value = try settings.optional(variable, as: String.self, explanation) { properties[property] = value }
        }
        for (variable, property, explanation) in KafkaSettings.secrets {
            if let value = try settings.optionalSecret(variable, explanation) { properties[property] = value.reveal() }
        }
        self.properties = properties
    }

    private static let texts = [
        ("ROLLCALL_KAFKA_SECURITY_PROTOCOL", "security.protocol", "plaintext, ssl, sasl_plaintext or sasl_ssl"),
        ("ROLLCALL_KAFKA_SASL_MECHANISM", "sasl.mechanism", "PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512"),
        ("ROLLCALL_KAFKA_SASL_USERNAME", "sasl.username", "the user at the brokers"),
        ("ROLLCALL_KAFKA_SSL_CA_LOCATION", "ssl.ca.location", "file of the authorities that sign the brokers' certificates"),
        ("ROLLCALL_KAFKA_SSL_CERTIFICATE_LOCATION", "ssl.certificate.location", "file of this client's certificate"),
        ("ROLLCALL_KAFKA_SSL_KEY_LOCATION", "ssl.key.location", "file of this client's private key"),
    ]
    private static let secrets = [
        ("ROLLCALL_KAFKA_SASL_PASSWORD", "sasl.password", "the user's password at the brokers"),
        ("ROLLCALL_KAFKA_SSL_KEY_PASSWORD", "ssl.key.password", "what unlocks the private key"),
    ]
}
