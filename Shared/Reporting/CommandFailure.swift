import CommandLines

/// Why a command could not do what was asked, for the person who asked; its message names what came, what was expected and the cure.
public struct CommandFailure: CustomExit, Equatable, CustomStringConvertible {
    public let exitCode: ExitCode
    /// Never holds a row's value or a secret (Invariant 10).
    public let message: String

    /// - Parameter message: what came, what was expected, and the cure.
    public init(_ exitCode: ExitCode, _ message: String) { (self.exitCode, self.message) = (exitCode, message) }

    public var description: String { message }
}
