import CommandLines
import Synchronization

/// Where log lines go: whole lines, one after the other, whichever thread writes.
public final class LogOutput: Sendable {
    /// Where services log.
    public static let standardError = LogOutput(.standardError)
    private let output: Mutex<TextOutput>

    /// - Parameter output: where the lines go; nothing else should write there.
    public init(_ output: TextOutput) { self.output = Mutex(output) }

    func write(_ line: [UInt8]) {
        output.withLock { output in
            // A line that cannot be written is lost: logs must never stop the work, and there is no place left to tell it.
            do throws(OutputError) { try output.write(line) } catch {}
        }
    }
}
