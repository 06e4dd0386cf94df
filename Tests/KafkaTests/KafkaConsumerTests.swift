import Foundation
import Kafka
import TestSupport
import Testing

@Suite struct KafkaConsumerTests {
    @Test func `each partition starts where the owner says, whatever the group has committed`() async throws {
        let broker = try TestBroker.shared, topic = try await freshTopic(partitions: 3)
        try await fill(topic, 0..<300, on: broker)
        let group = TestBroker.uniqueName()
        let owner = RecordingOwner([
            KafkaPartition(topic: topic, partition: 0): .offset(90), KafkaPartition(topic: topic, partition: 1): .offset(100),
        ])
        let consumer = try KafkaConsumer(broker.settings, group: group, topics: [topic], owner: owner)
        let numbers = try await consumer.numbers(110)
        #expect(numbers.filter { $0 % 3 == 0 } == Array(stride(from: 270, to: 300, by: 3)))
        #expect(numbers.filter { $0 % 3 == 1 } == [])
        #expect(numbers.filter { $0 % 3 == 2 } == Array(stride(from: 2, to: 300, by: 3)))
        try await eventually("the ends are seen") { consumer.partitionsAtEnd.count == 3 }
        consumer.commit([KafkaPartition(topic: topic, partition: 0): 7])
        await consumer.close()

        let again = try KafkaConsumer(broker.settings, group: group, topics: [topic], owner: owner)
        #expect(try await again.numbers(110).sorted() == numbers.sorted())
        await again.close()
        #expect(owner.asked.filter { if case .starts(let partitions, .assigned) = $0 { partitions.count == 3 } else { false } }.count >= 2)
    }

    @Test func `records without key or value come as such, with their headers`() async throws {
        let broker = try TestBroker.shared, topic = try await freshTopic(partitions: 1)
        let producer = try KafkaProducer(broker.settings)
        _ = try await producer.send(topic: topic, key: nil, value: nil, headers: [KafkaHeader("a", "ä"), KafkaHeader("a", nil as [UInt8]?)])
        _ = try await producer.send(topic: topic, key: [], value: [])
        let consumer = try KafkaConsumer(broker.settings, group: TestBroker.uniqueName(), topics: [topic], owner: RecordingOwner())
        var records: [KafkaRecord] = []
        while records.count < 2 { records += try await consumer.nextBatch(upTo: 10).map { $0.copy() } }
        #expect(records.map(\.key) == [nil, []])
        #expect(records.map(\.value) == [nil, []])
        #expect(records[0].headers == [KafkaHeader("a", "ä"), KafkaHeader("a", nil as [UInt8]?)])
        #expect(records[0].timestampMilliseconds != nil)
        await consumer.close()
    }

    @Test func `a second member takes its share, and all of it when the first one leaves`() async throws {
        let broker = try TestBroker.shared, topic = try await freshTopic(partitions: 4)
        try await fill(topic, 0..<400, on: broker)
        let group = TestBroker.uniqueName()
        let starts = Dictionary(uniqueKeysWithValues: (0..<4).map { (KafkaPartition(topic: topic, partition: $0), KafkaStart.offset(50)) })
        let (firstOwner, secondOwner) = (RecordingOwner(starts), RecordingOwner(starts))
        var tuning = KafkaConsumerTuning()
        tuning.sessionTimeout = .seconds(6)
        let first = try KafkaConsumer(broker.settings, group: group, topics: [topic], owner: firstOwner, tuning: tuning)
        #expect(Set(try await first.numbers(200)) == Set(200..<400))
        let firstEpoch = first.epoch
        let second = try KafkaConsumer(broker.settings, group: group, topics: [topic], owner: secondOwner, tuning: tuning)
        try await eventually("both have two partitions", within: .seconds(40)) { firstOwner.owned.count == 2 && secondOwner.owned.count == 2 }
        #expect(Set(firstOwner.owned).isDisjoint(with: secondOwner.owned))
        #expect(firstOwner.asked.contains { if case .revoked(let partitions, false) = $0 { partitions.count == 4 } else { false } })
        #expect(first.epoch > firstEpoch)
        // Both read on from the offsets given: the rebalance neither skips nor reads from the beginning.
        let (mine, theirs) = (try await first.numbers(100), try await second.numbers(100))
        #expect(Set(mine + theirs) == Set(200..<400))
        await first.close()
        try await eventually("the second has all four", within: .seconds(40)) { secondOwner.owned.count == 4 }
        #expect(Set(try await second.numbers(200)) == Set(200..<400))
        await second.close()
    }

    @Test func `a pause keeps the membership and loses nothing`() async throws {
        let broker = try TestBroker.shared, topic = try await freshTopic(partitions: 2)
        try await fill(topic, 0..<1000, on: broker)
        let owner = RecordingOwner()
        var tuning = KafkaConsumerTuning()
        tuning.sessionTimeout = .seconds(6)
        tuning.handoffRecordsMax = 50
        let consumer = try KafkaConsumer(broker.settings, group: TestBroker.uniqueName(), topics: [topic], owner: owner, tuning: tuning)
        var numbers = try await consumer.numbers(10)
        consumer.pause()
        // What was handed over before the pause still comes; then nothing, although a thousand records wait.
        while true {
            let batch = try await consumer.nextBatch(upTo: 100, within: .milliseconds(500))
            if batch.isEmpty { break }
            numbers += batch.map { $0.value.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? -1 }
        }
        #expect(numbers.count < 1000)
        consumer.resume()
        numbers += try await consumer.numbers(1000 - numbers.count)
        for parity in 0...1 { #expect(firstWrong(numbers.filter { $0 % 2 == parity }, stride(from: parity, to: 1000, by: 2)) == nil) }
        #expect(owner.asked.count == 1)
        await consumer.close()
    }

    @Test func `nobody takes records for longer than the group's patience, and the member stays`() async throws {
        let broker = try TestBroker.shared, topic = try await freshTopic(partitions: 1)
        try await fill(topic, 0..<2000, on: broker)
        let owner = RecordingOwner()
        var tuning = KafkaConsumerTuning()
        tuning.sessionTimeout = .seconds(6)
        tuning.stallPatience = .milliseconds(200)
        tuning.handoffRecordsMax = 20
        var settings = broker.settings
        settings.properties["max.poll.interval.ms"] = "6000"
        let consumer = try KafkaConsumer(settings, group: TestBroker.uniqueName(), topics: [topic], owner: owner, tuning: tuning)
        var numbers = try await consumer.numbers(5)
        let silence = ContinuousClock.now
        try await eventually("the patience of the group is over") { ContinuousClock.now - silence > .seconds(8) }
        numbers += try await consumer.numbers(1995)
        #expect(firstWrong(numbers, 0..<2000) == nil)
        #expect(owner.asked.count == 1)
        await consumer.close()
    }

    @Test func `a database that is away for long holds up the start and not the membership`() async throws {
        let broker = try TestBroker.shared, topic = try await freshTopic(partitions: 1)
        try await fill(topic, 0..<10, on: broker)
        let gate = Gate()
        let owner = RecordingOwner([KafkaPartition(topic: topic, partition: 0): .offset(4)], gate: gate)
        var settings = broker.settings
        settings.properties["max.poll.interval.ms"] = "6000"
        var tuning = KafkaConsumerTuning()
        tuning.sessionTimeout = .seconds(6)
        let consumer = try KafkaConsumer(settings, group: TestBroker.uniqueName(), topics: [topic], owner: owner, tuning: tuning)
        try await eventually("the owner is asked", within: .seconds(30)) { !owner.asked.isEmpty }
        let asked = ContinuousClock.now
        try await eventually("the patience of the group is over") { ContinuousClock.now - asked > .seconds(7) }
        #expect(try consumer.readyBatch(upTo: 1) == nil)
        gate.open()
        #expect(try await consumer.numbers(6) == Array(4..<10))
        #expect(owner.asked.count == 1)
        await consumer.close()
    }

    @Test func `a restart asks again and reads from there, in a new epoch`() async throws {
        let broker = try TestBroker.shared, topic = try await freshTopic(partitions: 1)
        try await fill(topic, 0..<5000, on: broker)
        let partition = KafkaPartition(topic: topic, partition: 0)
        let owner = RecordingOwner()
        let consumer = try KafkaConsumer(broker.settings, group: TestBroker.uniqueName(), topics: [topic], owner: owner)
        #expect(try await consumer.numbers(100) == Array(0..<100))
        for start in [4000, 17, 4990] {
            owner.set([partition: .offset(Int64(start))])
            let epoch = consumer.epoch
            consumer.restart()
            try await eventually("the owner is asked again") { consumer.epoch > epoch }
            #expect(try await consumer.numbers(10) == Array(start..<start + 10))
        }
        #expect(owner.asked.suffix(3) == [.starts([partition], .restarted), .starts([partition], .restarted), .starts([partition], .restarted)])
        #expect(owner.epochs == owner.epochs.sorted())
        await consumer.close()
    }

    /// Two guards keep this, each alone enough: the pause that raises librdkafka's barrier, and dropping what comes before the owner has answered.
    /// With both taken out, records of the old position come in the new epoch.
    @Test func `between a restart and the owner's answer nothing is handed out`() async throws {
        let broker = try TestBroker.shared, topic = try await freshTopic(partitions: 1)
        try await fill(topic, 0..<20_000, on: broker)
        let gate = Gate(isOpen: true), owner = RecordingOwner(gate: gate)
        var tuning = KafkaConsumerTuning()
        tuning.handoffRecordsMax = 100
        let consumer = try KafkaConsumer(broker.settings, group: TestBroker.uniqueName(), topics: [topic], owner: owner, tuning: tuning)
        #expect(try await consumer.numbers(100) == Array(0..<100))
        gate.close()
        owner.set([KafkaPartition(topic: topic, partition: 0): .offset(17)])
        let epoch = consumer.epoch
        consumer.restart()
        try await eventually("the owner is asked again") { owner.asked.count == 2 }
        #expect(consumer.epoch > epoch)
        #expect(try await consumer.nextBatch(upTo: 100, within: .milliseconds(300)).isEmpty)
        gate.open()
        #expect(try await consumer.numbers(10) == Array(17..<27))
        await consumer.close()
    }

    @Test(.enabled(if: TestBroker.offers(.offsetErrors), "the embedded broker answers an offset that is not there with silence"))
    func `an offset beyond the end asks the owner again and names the partition`() async throws {
        let broker = try TestBroker.shared, topic = try await freshTopic(partitions: 1)
        try await fill(topic, 0..<10, on: broker)
        let partition = KafkaPartition(topic: topic, partition: 0)
        let owner = RecordingOwner([partition: .offset(1000)])
        let consumer = try KafkaConsumer(broker.settings, group: TestBroker.uniqueName(), topics: [topic], owner: owner)
        try await eventually("the lost position is told", within: .seconds(30)) { owner.asked.contains(.starts([partition], .positionLost(partition))) }
        owner.set([partition: .beginning])
        #expect(try await consumer.numbers(10) == Array(0..<10))
        await consumer.close()
    }

    @Test func `what the owner throws ends the reading with that reason`() async throws {
        struct Broken: Error {}
        struct Owner: KafkaAssignmentOwner {
            func startOffsets(of partitions: [KafkaPartition], epoch: UInt64, because reason: KafkaStartReason) async throws -> [KafkaPartition: KafkaStart] {
                throw Broken()
            }
            func revoked(_ partitions: [KafkaPartition], isLost: Bool) async {}
        }
        let broker = try TestBroker.shared, topic = try await freshTopic(partitions: 1)
        let consumer = try KafkaConsumer(broker.settings, group: TestBroker.uniqueName(), topics: [topic], owner: Owner())
        await #expect(throws: Broken.self) { while true { _ = try await consumer.nextBatch(upTo: 1) } }
        await consumer.close()
    }

    @Test func `cancelling a task that waits for records ends it at once`() async throws {
        let broker = try TestBroker.shared, topic = try await freshTopic(partitions: 1)
        let consumer = try KafkaConsumer(broker.settings, group: TestBroker.uniqueName(), topics: [topic], owner: RecordingOwner())
        let task = Task { try await consumer.nextBatch(upTo: 1, within: .seconds(600)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        await consumer.close()
    }

    @Test func `a batch outlives its consumer`() async throws {
        let broker = try TestBroker.shared, topic = try await freshTopic(partitions: 1)
        try await fill(topic, 0..<100, on: broker)
        var batch: KafkaBatch?
        do {
            let consumer = try KafkaConsumer(broker.settings, group: TestBroker.uniqueName(), topics: [topic], owner: RecordingOwner())
            while batch?.isEmpty ?? true { batch = try await consumer.nextBatch(upTo: 100) }
            await consumer.close()
        }
        let kept = try #require(batch)
        #expect(kept.map { $0.value.map { String(decoding: $0, as: UTF8.self) } } == (0..<kept.count).map(String.init))
    }
}
