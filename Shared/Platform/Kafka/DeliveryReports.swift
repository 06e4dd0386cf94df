import CKafka
import Foundation
import Synchronization

/// The thread that takes a producer's delivery reports, as events in batches, and settles the ledger.
final class DeliveryReports: Sendable {
    private let handle: KafkaHandle
    private let ledger: DeliveryLedger
    private let isStopping = Mutex(false)

    init(of handle: KafkaHandle, into ledger: DeliveryLedger) { (self.handle, self.ledger) = (handle, ledger) }

    func start() {
        let thread = Thread { @Sendable [self] in
            Thread.current.name = "kafka-reports"
            run()
        }
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// Ends the thread. Nobody waits for a report then: `send` and `flush` keep their producer alive until they return.
    func stop() { isStopping.withLock { $0 = true } }

    private func run() {
        guard let queue = rd_kafka_queue_get_main(handle.pointer) else { return }
        defer { rd_kafka_queue_destroy(queue) }
        while !isStopping.withLock({ $0 }) { serve(queue, waitMilliseconds: 100) }
    }

    private func serve(_ queue: OpaquePointer, waitMilliseconds: Int32) {
        guard let event = rd_kafka_queue_poll(queue, waitMilliseconds) else { return }
        defer { rd_kafka_event_destroy(event) }
        switch rd_kafka_event_type(event) {
        case RD_KAFKA_EVENT_DR: settle(event)
        case RD_KAFKA_EVENT_ERROR:
            let reason = rd_kafka_event_error_string(event).map { String(cString: $0) } ?? "no reason given"
            let isFatal = rd_kafka_event_error_is_fatal(event) != 0
            handle.context.onNotice(KafkaNotice(handle.fatalError ?? KafkaError(rd_kafka_event_error(event), isFatal: isFatal, reason)))
        default: break  // Only the two kinds above were asked for.
        }
    }

    private func settle(_ event: OpaquePointer) {
        var settled = 0
        while let message = rd_kafka_event_message_next(event) {
            settled += 1
            let report = message.pointee
            if let opaque = report._private {
                Unmanaged<DeliveryWaiter>.fromOpaque(opaque).takeRetainedValue().resume(with: result(of: report))
            } else if report.err != RD_KAFKA_RESP_ERR_NO_ERROR {
                let key = report.key.flatMap { String(validating: UnsafeRawBufferPointer(start: $0, count: report.key_len), as: UTF8.self) }
                ledger.failed(.init(partition: partition(of: report), key: key, error: error(of: report)))
            }
        }
        ledger.ended(settled)
        ledger.madeRoom()
    }

    private func result(of report: rd_kafka_message_t) -> Result<KafkaDelivery, any Error> {
        guard report.err == RD_KAFKA_RESP_ERR_NO_ERROR else { return .failure(error(of: report)) }
        return .success(KafkaDelivery(partition: partition(of: report), offset: report.offset))
    }

    private func error(of report: rd_kafka_message_t) -> KafkaError {
        KafkaError(report.err, "a record for \(partition(of: report)) was not delivered: \(KafkaError.text(report.err))")
    }

    private func partition(of report: rd_kafka_message_t) -> KafkaPartition { KafkaPartition(topic: topicName(report.rkt), partition: report.partition) }
}

/// The name behind a topic handle; a report of a topic that is gone may have none.
func topicName(_ topic: OpaquePointer?) -> String { topic.flatMap { rd_kafka_topic_name($0) }.map { String(cString: $0) } ?? "" }
