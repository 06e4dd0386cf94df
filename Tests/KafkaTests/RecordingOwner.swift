import Kafka
import Synchronization

/// Gives the start offsets a test wants, and remembers what it was asked.
final class RecordingOwner: KafkaAssignmentOwner {
    enum Asked: Sendable, Equatable {
        case starts([KafkaPartition], KafkaStartReason)
        case revoked([KafkaPartition], isLost: Bool)
    }
    private struct State {
        var starts: [KafkaPartition: KafkaStart]
        var asked: [Asked] = []
        var epochs: [UInt64] = []
    }
    private let state: Mutex<State>
    private let gate: Gate?

    /// - Parameters:
    ///   - starts: a partition left out starts at the beginning.
    ///   - gate: an answer waits until it opens, as for a database that is away.
    init(_ starts: [KafkaPartition: KafkaStart] = [:], gate: Gate? = nil) {
        state = Mutex(State(starts: starts))
        self.gate = gate
    }

    var asked: [Asked] { state.withLock { $0.asked } }
    var epochs: [UInt64] { state.withLock { $0.epochs } }
    /// The partitions of the latest assignment; empty after a revocation.
    var owned: [KafkaPartition] {
        switch asked.last {
        case .starts(let partitions, _): partitions
        case .revoked, nil: []
        }
    }
    func set(_ starts: [KafkaPartition: KafkaStart]) { state.withLock { $0.starts = starts } }

    func startOffsets(of partitions: [KafkaPartition], epoch: UInt64, because reason: KafkaStartReason) async throws -> [KafkaPartition: KafkaStart] {
        state.withLock { state in
            state.asked.append(.starts(partitions.sorted(), reason))
            state.epochs.append(epoch)
        }
        try await gate?.wait()
        return state.withLock { $0.starts }
    }

    func revoked(_ partitions: [KafkaPartition], isLost: Bool) async {
        state.withLock { $0.asked.append(.revoked(partitions.sorted(), isLost: isLost)) }
    }
}

/// Lets through who waits while it is open.
final class Gate: Sendable {
    private let isOpen: Mutex<Bool>
    init(isOpen: Bool = false) { self.isOpen = Mutex(isOpen) }
    func open() { isOpen.withLock { $0 = true } }
    func close() { isOpen.withLock { $0 = false } }
    func wait() async throws { while !isOpen.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) } }
}

extension KafkaConsumer {
    /// Takes numbers until `count` have come, each with the partition and offset it stood at.
    func numbers(_ count: Int, within limit: Duration = .seconds(30)) async throws -> [Int] {
        let deadline = ContinuousClock.now + limit
        var numbers: [Int] = []
        while numbers.count < count {
            guard ContinuousClock.now < deadline else { throw TooFew(numbers: numbers.count, wanted: count) }
            let batch = try await nextBatch(upTo: min(100, count - numbers.count), within: .milliseconds(200))
            for message in batch { numbers.append(message.value.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? -1) }
        }
        return numbers
    }
}

struct TooFew: Error {
    let numbers: Int
    let wanted: Int
}

/// Where two long lists part, as (place, got, wanted); nil when they are equal.
func firstWrong(_ got: [Int], _ wanted: some Sequence<Int>) -> String? {
    let wanted = Array(wanted)
    for place in 0..<max(got.count, wanted.count) {
        let (here, there) = (place < got.count ? got[place] : nil, place < wanted.count ? wanted[place] : nil)
        if here != there { return "at \(place): got \(here.map(String.init) ?? "the end"), wanted \(there.map(String.init) ?? "the end")" }
    }
    return nil
}
