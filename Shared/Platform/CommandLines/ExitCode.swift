/// What a process tells its caller when it ends; other modules add their own words in extensions.
public struct ExitCode: RawRepresentable, Sendable, Hashable {
    public let rawValue: Int32

    /// - Parameter rawValue: 0...255, as the shell sees it.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// Everything asked for was done.
    public static let success = ExitCode(rawValue: 0)
    /// The tool itself is at fault.
    public static let failure = ExitCode(rawValue: 1)
    /// The command line or a setting cannot be understood; nothing was begun.
    public static let usage = ExitCode(rawValue: 2)
    /// What the tool needs is missing, unreachable or refuses it.
    public static let environment = ExitCode(rawValue: 3)

    /// How shells name an end by a signal: 130 for SIGINT, 143 for SIGTERM; success without one.
    /// - Parameter signal: what `ServiceRun.run()` returned.
    public init(stoppedBy signal: Int32?) { self.init(rawValue: signal.map { 128 + $0 } ?? 0) }
}

/// An error that knows how the process should end; every other error ends it with `ExitCode.failure`.
public protocol CustomExit: Error {
    var exitCode: ExitCode { get }
}
