import CommandLines
import Foundation
import Synchronization

/// Shows on standard error how far a piece of work is: on a terminal a bar redrawn in place, otherwise a line every few seconds.
///
///     let progress = ProgressBar("buyers", total: rows.count)
///     progress.update(done: 1_204)
///     progress.finish()
public final class ProgressBar<Time: Clock>: Sendable where Time.Duration == Duration {
    private struct State {
        var line: ProgressLine
        var lastShown: Time.Instant?
    }

    private let output: TextOutput
    private let columns: Int?
    private let clock: Time
    private let start: Time.Instant
    private let pause: Duration
    private let state: Mutex<State>

    /// - Parameters:
    ///   - what: what is being done, such as a pipeline's name.
    ///   - unit: one of the things counted.
    ///   - total: nil while nobody knows.
    public convenience init(
        _ what: String, unit: String = "row", total: Int? = nil, on output: TextOutput = .standardError, clock: Time = ContinuousClock()
    ) {
        self.init(what, unit: unit, total: total, on: output, columns: isDrawable(output) ? output.columns ?? 80 : nil, clock: clock)
    }

    /// - Parameter columns: the width to draw a bar in; nil for lines.
    init(_ what: String, unit: String, total: Int?, on output: TextOutput, columns: Int?, clock: Time) {
        self.output = output
        self.columns = columns
        self.clock = clock
        start = clock.now
        pause = columns == nil ? .seconds(10) : .milliseconds(100)
        state = Mutex(State(line: ProgressLine(what: what, unit: unit, done: 0, total: total, elapsed: .zero)))
    }

    /// Tells how many are done by now, and the total when it has become known.
    public func update(done: Int, total: Int? = nil) {
        state.withLock { state in
            state.line.done = done
            state.line.total = total ?? state.line.total
            show(&state)
        }
    }

    /// Tells that `more` were done.
    public func advance(by more: Int = 1) {
        state.withLock { state in
            state.line.done += more
            show(&state)
        }
    }

    /// Writes a message on a line of its own; a bar moves down below it.
    public func note(_ message: String) {
        state.withLock { state in
            write((columns == nil ? "" : "\r\u{1B}[K") + message + "\n")
            if columns != nil { state.lastShown = nil }
        }
    }

    /// Shows the last state whatever the time, and leaves the line.
    public func finish() {
        state.withLock { state in
            state.lastShown = nil
            show(&state)
            if columns != nil { write("\n") }
        }
    }

    private func show(_ state: inout State) {
        let now = clock.now
        if let last = state.lastShown, last.duration(to: now) < pause { return }
        state.lastShown = now
        state.line.elapsed = start.duration(to: now)
        if let columns {
            // One column stays free: a full line would make some terminals wrap.
            write("\r" + state.line.bar(columns: columns - 1) + "\u{1B}[K")
        } else {
            write(state.line.sentence + "\n")
        }
    }

    private func write(_ text: String) {
        // Work does not stop because nobody can watch it.
        do throws(OutputError) { try output.write(text) } catch {}
    }
}

/// Whether the cursor can be moved there.
private func isDrawable(_ output: TextOutput) -> Bool { output.isTerminal && ProcessInfo.processInfo.environment["TERM"] != "dumb" }
