import JSONText
import Kafka
import Records
import TestSupport
import Testing

@testable import Topics

@Suite struct TopicWriterTests {
    @Test func `names follow prefix and pipeline`() {
        let names = TopicNames(prefix: "acme", pipeline: "buyers")
        #expect(
            names.all == [
                "acme.buyers.changes", "acme.buyers.failures", "acme.buyers.outcomes", "acme.buyers.dead-letters", "acme.runs", "acme.commands", "acme.alerts",
            ])
        #expect(TopicNames(pipeline: "p").changes == "rollcall.p.changes")
    }

    @Test func `a failure travels with its key, its headers and its line, and is read as it was`() async throws {
        let topic = try await freshTopic(), settings = try TestBroker.shared.settings
        let writer = TopicWriter<FailureRecord>(try KafkaProducer(settings), topic: topic, source: "/rollcall/loader/buyers")
        guard case .delivered(let delivery) = try await writer.send(GoldenSamples.refused) else {
            Issue.record("the record was not delivered")
            return
        }
        let message = try #require(try await KafkaReader(settings).record(delivery.partition, at: delivery.offset))
        #expect(message.key == Array("buyers/6666".utf8))
        #expect(message.value == GoldenSamples.refused.line())
        let headers = Dictionary(uniqueKeysWithValues: message.headers.map { ($0.name, $0.text ?? "null") })
        #expect(
            headers == [
                "ce_specversion": "1.0", "ce_id": "buyers/6666@42.4120#1", "ce_type": "rollcall.failure", "ce_source": "/rollcall/loader/buyers",
                "ce_time": "2026-11-21T02:28:01Z", "content-type": "application/json", "rollcall-run": "42", "rollcall-attempt": "1",
                "__connect.errors.topic": "rollcall.buyers.changes", "__connect.errors.partition": "3", "__connect.errors.offset": "1180",
                "__connect.errors.task.id": "3", "__connect.errors.connector.name": "buyers", "__connect.errors.stage": "TASK_PUT",
                "__connect.errors.class.name": "/rollcall/loader/buyers", "__connect.errors.exception.class.name": "field_length/22001",
                "__connect.errors.exception.message": "the value has 812 characters, the column takes 50",
            ])
        #expect(try FailureRecord(message) == GoldenSamples.refused)
        let error = #expect(throws: TopicError.self) { try AlertRecord(message) }
        #expect(error?.problem == "is of another type; expected rollcall.alert")
    }

    @Test func `a record larger than the limit is reported with its size and not produced; one at the limit goes`() async throws {
        let topic = try await freshTopic()
        var settings = try TestBroker.shared.settings
        var record = GoldenSamples.upsert
        record.fields = ["name": .string(String(repeating: "x", count: 20_000))]
        let bytes = record.line().count + record.messageKey.utf8.count
        settings.messageBytesMax = bytes - 1
        let strict = TopicWriter<ChangeRecord>(try KafkaProducer(settings), topic: topic, source: "test")
        #expect(try await strict.send(record) == .tooLarge(OversizeRecord(id: record.id, bytes: bytes, bytesMax: bytes - 1)))
        settings.messageBytesMax = bytes
        let producer = try KafkaProducer(settings)
        let writer = TopicWriter<ChangeRecord>(producer, topic: topic, source: "test")
        #expect(try await writer.enqueue(record, to: producer.topic(topic)) == nil)
        try await producer.flush()
        #expect(try await KafkaReader(settings).records(of: topic).map(\.value) == [record.line()])
    }

    @Test func `a message without value, or by a newer writer, is an error that says where`() {
        let partition = KafkaPartition(topic: "t", partition: 2)
        let none = KafkaRecord(partition: partition, offset: 9, key: nil, value: nil, headers: [], timestampMilliseconds: nil)
        #expect(throws: TopicError(partition: partition, offset: 9, problem: "has no value; expected a rollcall.change record", isNewerFormat: false)) {
            try ChangeRecord(none)
        }
        let newer = KafkaRecord(partition: partition, offset: 9, key: nil, value: Array(#"{"format":2}"#.utf8), headers: [], timestampMilliseconds: nil)
        let error = #expect(throws: TopicError.self) { try ChangeRecord(newer) }
        #expect(error?.isNewerFormat == true)
    }

    @Test func `records of one row meet in one partition, written one by one or in bulk`() async throws {
        let topic = try await freshTopic(partitions: 5), settings = try TestBroker.shared.settings
        let producer = try KafkaProducer(settings)
        let writer = TopicWriter<ChangeRecord>(producer, topic: topic, source: "test"), handle = try await producer.topic(topic)
        for _ in 0..<3 {
            #expect(try writer.enqueue(GoldenSamples.upsert, to: handle) == nil)
            _ = try await writer.send(GoldenSamples.upsert)
        }
        try await producer.flush()
        let records = try await KafkaReader(settings).records(of: topic)
        #expect(records.count == 6)
        #expect(Set(records.map(\.partition)).count == 1)
    }

    private func freshTopic(partitions: Int32 = 1) async throws -> String {
        let topic = TestBroker.uniqueName()
        try await KafkaAdmin(TestBroker.shared.settings).ensureTopics([topic], partitions: partitions)
        return topic
    }
}
