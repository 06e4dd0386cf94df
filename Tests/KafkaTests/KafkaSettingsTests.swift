import Settings
import Testing

@testable import Kafka

@Suite struct KafkaSettingsTests {
    @Test func `settings name the brokers, the security and whatever else librdkafka knows`() throws {
        let settings = try SettingsReader(values: [
            "KAFKA_BOOTSTRAP_SERVERS": "a:9092,b:9092", "ROLLCALL_KAFKA_SECURITY_PROTOCOL": "sasl_ssl", "ROLLCALL_KAFKA_SASL_PASSWORD": "hush",
            "ROLLCALL_KAFKA_PROPERTIES": "linger.ms=20;ssl.ca.pem=x=y",
        ]).read(KafkaSettings.self)
        #expect(settings.bootstrapServers == "a:9092,b:9092")
        #expect(settings.properties == ["security.protocol": "sasl_ssl", "sasl.password": "hush", "linger.ms": "20", "ssl.ca.pem": "x=y"])
    }

    @Test func `no brokers is an error that names the setting`() {
        let error = #expect(throws: SettingsError.self) { try SettingsReader(values: [:]).read(KafkaSettings.self) }
        #expect(error.map { "\($0)" }?.contains("KAFKA_BOOTSTRAP_SERVERS") == true)
    }

    @Test func `a property nobody knows is refused by its name, without its value`() {
        let settings = KafkaSettings(bootstrapServers: "127.0.0.1:1", properties: ["sasl.pasword": "hush"])
        let error = #expect(throws: KafkaError.self) { try KafkaProducer(settings) }
        #expect(error?.message.contains("sasl.pasword") == true)
        #expect(error?.message.contains("hush") == false)
    }

    @Test(arguments: [["acks": "0"], ["enable.idempotence": "false"]])
    func `what correctness rests on cannot be set otherwise`(properties: [String: String]) throws {
        let error = #expect(throws: KafkaError.self) { try KafkaProducer(KafkaSettings(bootstrapServers: "127.0.0.1:1", properties: properties)) }
        #expect(try error?.message.contains(#require(properties.keys.first)) == true)
    }
}
