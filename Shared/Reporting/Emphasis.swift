import CommandLines
import Foundation

/// Colour for the words that matter, where a person watches and has not asked for none (https://no-color.org).
public struct Emphasis: Sendable {
    private let isOn: Bool

    /// - Parameter output: where the words will be written.
    public init(on output: TextOutput, environment: [String: String] = ProcessInfo.processInfo.environment) {
        self.init(isTerminal: output.isTerminal, environment: environment)
    }

    init(isTerminal: Bool, environment: [String: String]) {
        isOn = isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }

    /// What went well.
    public func good(_ text: String) -> String { wrapped(text, 32) }
    /// What a person must look at.
    public func bad(_ text: String) -> String { wrapped(text, 31) }
    /// A heading.
    public func strong(_ text: String) -> String { wrapped(text, 1) }

    /// ECMA-48, SGR.
    private func wrapped(_ text: String, _ code: Int) -> String { isOn ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }
}
