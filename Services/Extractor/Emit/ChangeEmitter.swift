import Kafka
import Records

/// Hands the changes of one run and stream to Kafka, in the order of their ordinals; for one thread.
///
/// It waits while the send queue is full, so it is called where waiting holds nobody up. Deliveries are awaited by the run, all together.
final class ChangeEmitter {
    private let outlet: ChangeOutlet
    private var line: ChangeLine
    private let headers: KafkaHeaders
    private var id: [UInt8] = []
    /// Changes emitted so far, counting those of earlier emitters of the stream: the ordinal of the last one.
    private(set) var emitted: UInt32

    init(_ outlet: ChangeOutlet, after emitted: UInt32 = 0) {
        self.outlet = outlet
        self.emitted = emitted
        line = outlet.line
        headers = KafkaHeaders(outlet.headers)
    }

    func upsert(recordKey: [UInt8], key: [UInt8], fields: [UInt8], hash: RowHash, isPartial: Bool, row: Int, cell: String) throws {
        let sequence = try next()
        line.upsert(
            sequence, recordKey: recordKey, key: key, fields: fields, hash: hash.rawValue, isPartial: isPartial, row: row, cell: cell)
        try line.messageKey.withUnsafeBytes { key in
            try line.bytes.withUnsafeBytes { value in try send(key, value, ordinal: sequence.ordinal) }
        }
    }

    /// Deletes are few: they are written by `ChangeRecord` itself.
    func delete(_ record: (Records.Sequence) -> ChangeRecord) throws {
        let sequence = try next()
        let change = record(sequence)
        try Array(change.recordKey.messageKey(stream: change.stream).utf8).withUnsafeBytes { key in
            try change.line().withUnsafeBytes { value in try send(key, value, ordinal: sequence.ordinal) }
        }
    }

    private func next() throws -> Records.Sequence {
        let (ordinal, overflows) = emitted.addingReportingOverflow(1)
        guard !overflows else { throw OrdinalsExhausted() }
        emitted = ordinal
        return Records.Sequence(run: outlet.run, ordinal: ordinal)
    }

    private func send(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, ordinal: UInt32) throws {
        id.removeAll(keepingCapacity: true)
        id.append(contentsOf: key)
        id.append(contentsOf: outlet.idSuffix)
        id.append(contentsOf: String(ordinal).utf8)
        var headers = headers.copy()
        id.withUnsafeBytes { headers.add("ce_id", $0) }
        try outlet.producer.enqueue(topic: outlet.topic, partition: outlet.topic.partition(forKey: key), key: key, value: value, headers: headers)
    }
}

/// Where a run's changes of one stream go, and what is equal in all of them.
struct ChangeOutlet: Sendable {
    let producer: KafkaProducer
    let topic: KafkaTopic
    let run: Int64
    let line: ChangeLine
    /// All but `ce_id`.
    let headers: [KafkaHeader]

    let idSuffix: [UInt8]
}

/// 4,294,967,295 changes of one stream are more than one run can number.
struct OrdinalsExhausted: Error, CustomStringConvertible {
    var description: String { "the stream has more than 4,294,967,295 changes in one run; split it into several streams" }
}
