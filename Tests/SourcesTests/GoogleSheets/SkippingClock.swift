import Glibc
import Sources
import Synchronization
import TestSupport

/// A source's clock on which every wait is over at once and written down.
final class SkippingClock: Sendable {
    private struct State {
        var elapsed = Duration.zero
        var waits: [Duration] = []
        var random: SeededGenerator
    }
    private let state: Mutex<State>
    private let secondsFast: Int

    /// - Parameter secondsFast: How far this machine's wall clock is ahead of the true time.
    init(seed: UInt64 = 1, secondsFast: Int = 0) {
        state = Mutex(State(random: SeededGenerator(seed)))
        self.secondsFast = secondsFast
    }

    /// Every wait so far, oldest first.
    var waits: [Duration] { state.withLock { $0.waits } }

    func advance(by duration: Duration) { state.withLock { $0.elapsed += duration } }

    var clock: SourceClock {
        SourceClock(
            unixSeconds: { [secondsFast] in time(nil) + secondsFast },
            elapsed: { self.state.withLock { $0.elapsed } },
            sleep: { duration in
                try Task.checkCancellation()
                self.state.withLock {
                    $0.elapsed += duration
                    $0.waits.append(duration)
                }
            },
            random: { self.state.withLock { Double.random(in: 0..<1, using: &$0.random) } })
    }
}
