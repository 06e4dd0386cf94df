import CKafka
import Foundation
import Synchronization

/// The thread that takes a producer's delivery reports, as events in batches, and settles the ledger.
final class DeliveryReports: Sendable {
    private let handle: KafkaHandle
    private let ledger: DeliveryLedger
    private let onNotice: @Sendable (KafkaError) -> Void
    private let isStopping = Mutex(false)

    init(of handle: KafkaHandle, into ledger: DeliveryLedger, onNotice: @escaping @Sendable (KafkaError) -> Void) {
        (self.handle, self.ledger, self.onNotice) = (handle, ledger, onNotice)
    }

    func start() {
        let thread = Thread { @Sendable [self] in
            Thread.current.name = "kafka-reports"
            run()
        }
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// Answers what has been answered, fails who still waits, and ends the thread.
    func stop() { isStopping.withLock { $0 = true } }

    private func run() {
        guard let queue = rd_kafka_queue_get_main(handle.pointer) else { return }
        defer { rd_kafka_queue_destroy(queue) }
        while !isStopping.withLock({ $0 }) { serve(queue, waitMilliseconds: 100) }
        // The producer is gone, so nobody can enqueue; purging makes every record left answer at once.
        rd_kafka_purge(handle.pointer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
        let deadline = ContinuousClock.now + .seconds(5)
        while ledger.outstanding > 0, ContinuousClock.now < deadline { serve(queue, waitMilliseconds: 20) }
    }

    private func serve(_ queue: OpaquePointer, waitMilliseconds: Int32) {
        guard let event = rd_kafka_queue_poll(queue, waitMilliseconds) else { return }
        defer { rd_kafka_event_destroy(event) }
        switch rd_kafka_event_type(event) {
        case RD_KAFKA_EVENT_DR: settle(event)
        case RD_KAFKA_EVENT_ERROR:
            let reason = rd_kafka_event_error_string(event).map { String(cString: $0) } ?? "no reason given"
            let isFatal = rd_kafka_event_error_is_fatal(event) != 0
            onNotice(handle.fatalError ?? KafkaError(rd_kafka_event_error(event), isFatal: isFatal, reason))
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
