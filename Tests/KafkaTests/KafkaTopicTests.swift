import Kafka
import TestSupport
import Testing

@Suite struct KafkaTopicTests {
    @Test func `making a topic twice leaves it as it was`() async throws {
        let admin = try KafkaAdmin(TestBroker.shared.settings)
        let name = TestBroker.uniqueName(), other = TestBroker.uniqueName()
        #expect(try await admin.ensureTopics([name], partitions: 3) == [name: 3])
        #expect(try await admin.ensureTopics([name, other], partitions: 5) == [name: 3, other: 5])
        #expect(try await admin.partitionCount(of: name) == 3)
        #expect(try await admin.partitionCount(of: TestBroker.uniqueName("none")) == nil)
    }

    @Test func `a single record is read by its offset, and none where none is`() async throws {
        let topic = try await freshTopic(partitions: 1)
        try await fill(topic, 0..<50, on: TestBroker.shared)
        let reader = try KafkaReader(TestBroker.shared.settings)
        let partition = KafkaPartition(topic: topic, partition: 0)
        for offset in [49, 0, 17] as [Int64] {
            #expect(try await reader.record(partition, at: offset)?.value == Array("\(offset)".utf8))
        }
        #expect(try await reader.record(partition, at: 50) == nil)
        #expect(try await reader.record(partition, at: 5000) == nil)
        #expect(try await reader.watermarks(of: partition).low == 0)
    }

    @Test(.enabled(if: TestBroker.offers(.topicsRecreate), "the embedded broker keeps no topic ids"))
    func `a topic made anew is told as a lost position, or seen by the record before it`() async throws {
        let broker = try TestBroker.shared, topic = try await freshTopic(partitions: 1)
        let admin = try KafkaAdmin(broker.settings), partition = KafkaPartition(topic: topic, partition: 0)
        try await fill(topic, 0..<100, on: broker)
        let owner = RecordingOwner()
        let consumer = try KafkaConsumer(broker.settings, group: TestBroker.uniqueName(), topics: [topic], owner: owner)
        #expect(try await consumer.numbers(100) == Array(0..<100))
        try await admin.deleteTopics([topic])
        try await eventually("the topic is gone") { try await admin.partitionCount(of: topic) == nil }
        try await admin.ensureTopics([topic], partitions: 1)
        try await fill(topic, 1000..<1010, on: broker)
        // Whether librdkafka notices in time to lose the position, or the partition is taken away and given anew, the owner is asked again.
        try await eventually("the owner is asked again", within: .seconds(60)) { owner.asked.count > 1 }
        #expect(try await consumer.numbers(10) == Array(1000..<1010))
        #expect(try await KafkaReader(broker.settings).record(partition, at: 99) == nil)
        await consumer.close()
    }

    @Test(.enabled(if: TestBroker.offers(.durable), "the embedded broker forgets everything when it is killed"))
    func `a consumer goes on where it was when the broker was killed and came back`() async throws {
        try await TestBroker.with { broker in
            let topic = TestBroker.uniqueName()
            try await KafkaAdmin(broker.settings).ensureTopics([topic], partitions: 2)
            try await fill(topic, 0..<200, on: broker)
            let owner = RecordingOwner()
            let consumer = try KafkaConsumer(broker.settings, group: "g", topics: [topic], owner: owner)
            var numbers = try await consumer.numbers(200)
            // From now on the owner's positions say: everything so far is applied.
            owner.set([KafkaPartition(topic: topic, partition: 0): .offset(100), KafkaPartition(topic: topic, partition: 1): .offset(100)])
            try broker.kill()
            try broker.start()
            try await fill(topic, 200..<400, on: broker)
            numbers += try await consumer.numbers(200, within: .seconds(60))
            for parity in 0...1 { #expect(firstWrong(numbers.filter { $0 % 2 == parity }, stride(from: parity, to: 400, by: 2)) == nil) }
            await consumer.close()
        }
    }
}
