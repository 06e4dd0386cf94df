import Foundation
import Kafka
import TestSupport
import Testing

@Suite struct KafkaProducerTests {
    @Test func `a record that was sent is where its delivery says`() async throws {
        let topic = try await freshTopic(partitions: 3)
        let producer = try KafkaProducer(TestBroker.shared.settings)
        let headers = [KafkaHeader("ce_id", "1"), KafkaHeader("ce_id", "2"), KafkaHeader("none", nil as [UInt8]?), KafkaHeader("empty", [])]
        let first = try await producer.send(topic: topic, key: Array("buyers/6666".utf8), value: Array("{}".utf8), headers: headers)
        let second = try await producer.send(topic: topic, key: Array("buyers/6666".utf8), value: Array("{\"a\":1}".utf8))
        #expect(second.partition == first.partition)
        #expect(second.offset == first.offset + 1)
        let record = try await KafkaReader(TestBroker.shared.settings).record(first.partition, at: first.offset)
        #expect(record?.key == Array("buyers/6666".utf8))
        #expect(record?.value == Array("{}".utf8))
        #expect(record?.headers == headers)
    }

    @Test func `null and empty keys and values stay two things`() async throws {
        let topic = try await freshTopic(partitions: 1)
        let producer = try KafkaProducer(TestBroker.shared.settings)
        let pairs: [([UInt8]?, [UInt8]?)] = [(nil, nil), ([], []), (nil, []), ([], nil), ([0], [0])]
        for (key, value) in pairs { _ = try await producer.send(topic: topic, key: key, value: value) }
        let records = try await KafkaReader(TestBroker.shared.settings).records(of: topic)
        #expect(records.map(\.key) == pairs.map(\.0))
        #expect(records.map(\.value) == pairs.map(\.1))
    }

    @Test func `many records keep their order in each partition while the queue is full most of the time`() async throws {
        let topic = try await freshTopic(partitions: 4)
        // 64 kB of queue for 8 MB of records: enqueue has to wait hundreds of times.
        let producer = try KafkaProducer(TestBroker.shared.settings, queueBytesMax: 64 << 10)
        let handle = try await producer.topic(topic)
        let filler = [UInt8](repeating: UInt8(ascii: "x"), count: 2000)
        for number in 0..<4000 {
            let key = Array("k\(number % 50)".utf8), value = Array("\(number) ".utf8) + filler
            try key.withUnsafeBytes { key in
                try value.withUnsafeBytes { value in
                    try producer.enqueue(topic: handle, partition: handle.partition(forKey: key), key: key, value: value, headers: KafkaHeaders())
                }
            }
        }
        try await producer.flush()
        #expect(producer.outstanding == 0)
        let records = try await KafkaReader(TestBroker.shared.settings).records(of: topic)
        #expect(records.count == 4000)
        var last: [[UInt8]: Int] = [:]
        for record in records {
            let key = try #require(record.key), value = try #require(record.value)
            let number = try #require(Int(String(decoding: value.prefix { $0 != 0x20 }, as: UTF8.self)))
            #expect(last[key, default: -1] < number)
            last[key] = number
        }
        #expect(last.count == 50)
    }

    @Test func `a record too large is refused before it is queued, and the next one goes out`() async throws {
        let topic = try await freshTopic(partitions: 1)
        var settings = try TestBroker.shared.settings
        settings.messageBytesMax = 10_000
        let producer = try KafkaProducer(settings)
        let error = await #expect(throws: KafkaError.self) {
            try await producer.send(topic: topic, key: nil, value: [UInt8](repeating: 0x78, count: 100_000))
        }
        #expect(error?.code == KafkaError.messageTooLargeCode)
        #expect(error?.isRetriable == false)
        #expect(producer.outstanding == 0)
        #expect(try await producer.send(topic: topic, key: nil, value: [0x78]).offset == 0)
    }

    @Test func `a limit raised in the settings holds for the topics made with them, too`() async throws {
        var settings = try TestBroker.shared.settings
        settings.messageBytesMax = 3_000_000
        let topic = TestBroker.uniqueName()
        try await KafkaAdmin(settings).ensureTopics([topic], partitions: 1)
        let value = (0..<2_500_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let delivery = try await KafkaProducer(settings).send(topic: topic, key: [1], value: value)
        #expect(try await KafkaReader(settings).record(delivery.partition, at: delivery.offset)?.value == value)
    }

    @Test func `many senders at once wait for room in a small queue instead of failing`() async throws {
        let topic = try await freshTopic(partitions: 2)
        let producer = try KafkaProducer(TestBroker.shared.settings, queueBytesMax: 8 << 10)
        try await withThrowingTaskGroup(of: KafkaDelivery.self) { sends in
            for number in 0..<200 {
                sends.addTask { try await producer.send(topic: topic, key: Array("\(number)".utf8), value: [UInt8](repeating: 0x78, count: 1000)) }
            }
            var deliveries = 0
            for try await _ in sends { deliveries += 1 }
            #expect(deliveries == 200)
        }
        #expect(try await KafkaReader(TestBroker.shared.settings).records(of: topic).count == 200)
    }

    @Test func `a topic that does not exist is an error with its name`() async throws {
        let producer = try KafkaProducer(TestBroker.shared.settings)
        let name = TestBroker.uniqueName("missing")
        let error = await #expect(throws: KafkaError.self) { try await producer.topic(name) }
        #expect(error?.code == KafkaError.unknownTopicCode)
        #expect(error?.message.contains(name) == true)
    }

    @Test func `when the broker is gone every record is told as lost, by key, and enqueue gives up on a full queue`() async throws {
        try await TestBroker.with { broker in
            let topic = TestBroker.uniqueName()
            try await KafkaAdmin(broker.settings).ensureTopics([topic], partitions: 1)
            var settings = broker.settings
            settings.properties = ["message.timeout.ms": "1500"]
            let producer = try KafkaProducer(settings, queueBytesMax: 8 << 10, patience: .milliseconds(200))
            let handle = try await producer.topic(topic)
            try broker.kill()
            var accepted = 0
            let value = [UInt8](repeating: 0x78, count: 1000)
            let full = #expect(throws: KafkaError.self) {
                while true {
                    let key = Array("k\(accepted)".utf8)
                    try key.withUnsafeBytes { key in
                        try value.withUnsafeBytes { try producer.enqueue(topic: handle, partition: 0, key: key, value: $0, headers: KafkaHeaders()) }
                    }
                    accepted += 1
                }
            }
            #expect(full?.code == KafkaError.queueFullCode)
            #expect(full?.isRetriable == true)
            #expect((1...8).contains(accepted))
            let lost = await #expect(throws: KafkaDeliveryError.self) { try await producer.flush(within: .seconds(20)) }
            #expect(lost?.count == accepted)
            #expect(lost?.first.map(\.key) == (0..<accepted).map { "k\($0)" })
            #expect(lost?.first.allSatisfy { $0.error.code == KafkaError.messageTimedOutCode && $0.error.isRetriable } == true)
            try await producer.flush(within: .seconds(1))  // Told once.
        }
    }

    @Test(.enabled(if: TestBroker.offers(.durable), "the embedded broker forgets everything when it is killed"))
    func `a broker killed while records flow loses none and stores none twice`() async throws {
        try await TestBroker.with { broker in
            let topic = TestBroker.uniqueName()
            try await KafkaAdmin(broker.settings).ensureTopics([topic], partitions: 2)
            let producer = try KafkaProducer(broker.settings)
            let handle = try await producer.topic(topic)
            for number in 0..<3000 {
                if number == 1000 || number == 2000 { try broker.kill() }
                let bytes = Array("\(number)".utf8)
                try bytes.withUnsafeBytes {
                    try producer.enqueue(topic: handle, partition: Int32(number % 2), key: $0, value: $0, headers: KafkaHeaders())
                }
                if number == 1500 || number == 2500 { try broker.start() }
            }
            try await producer.flush()
            let records = try await KafkaReader(broker.settings).records(of: topic)
            let numbers = try records.map { try #require(Int(String(decoding: $0.value ?? [], as: UTF8.self))) }
            for parity in 0...1 { #expect(firstWrong(numbers.filter { $0 % 2 == parity }, stride(from: parity, to: 3000, by: 2)) == nil) }
            #expect(producer.fatalError == nil)
        }
    }
}

/// A topic of this test alone on the shared broker.
func freshTopic(partitions: Int32) async throws -> String {
    let topic = TestBroker.uniqueName()
    try await KafkaAdmin(TestBroker.shared.settings).ensureTopics([topic], partitions: partitions)
    return topic
}

/// Fills a topic with the numbers from `first`, one a record, partition by number.
func fill(_ topic: String, _ numbers: Range<Int>, on broker: TestBroker) async throws {
    let producer = try KafkaProducer(broker.settings)
    let handle = try await producer.topic(topic)
    for number in numbers {
        let bytes = Array("\(number)".utf8)
        try bytes.withUnsafeBytes {
            try producer.enqueue(
                topic: handle, partition: Int32(number % Int(handle.partitionCount)), key: $0, value: $0, headers: KafkaHeaders())
        }
    }
    try await producer.flush()
}
