import CKafka
import Foundation
import Synchronization

/// Keeps librdkafka before 2.2 from sleeping a second when its queue was full: any request to the leader wakes the broker thread.
///
/// Later versions have `fetch.queue.backoff.ms` for it. The request asks for watermarks, and only while records flow. On a thread of its own,
/// since the answer waits behind a long poll. (Measured with 2.0.2 and a queue of 16 MB: 14,600 records a second without, 67,000 with.)
final class LeaderPoke: Sendable {
    private struct State {
        var partitions: [KafkaPartition] = []
        var turn = 0
        var recordsCame = false
        var isStopped = false
    }
    private let handle: KafkaHandle
    private let state = Mutex(State())

    init(of handle: KafkaHandle) { self.handle = handle }

    var partitions: [KafkaPartition] {
        get { state.withLock { $0.partitions } }
        set { state.withLock { $0.partitions = newValue } }
    }

    func recordsCame() { state.withLock { $0.recordsCame = true } }
    func stop() { state.withLock { $0.isStopped = true } }

    func start() {
        let thread = Thread { @Sendable [self] in
            Thread.current.name = "kafka-poke"
            run()
        }
        thread.stackSize = 1 << 19
        thread.start()
    }

    private func run() {
        while true {
            Thread.sleep(forTimeInterval: 0.05)
            let (partition, isStopped) = state.withLock { state -> (KafkaPartition?, Bool) in
                defer { state.recordsCame = false }
                guard state.recordsCame, !state.partitions.isEmpty else { return (nil, state.isStopped) }
                state.turn = (state.turn + 1) % state.partitions.count  // Each leader in turn.
                return (state.partitions[state.turn], state.isStopped)
            }
            if isStopped { return }
            guard let partition else { continue }
            var (low, high): (Int64, Int64) = (0, 0)
            // Only the request counts; its answer, or that none came, changes nothing.
            rd_kafka_query_watermark_offsets(handle.pointer, partition.topic, partition.partition, &low, &high, 500)
        }
    }
}
