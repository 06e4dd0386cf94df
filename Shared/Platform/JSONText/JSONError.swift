/// Why a text is not the JSON that Rollcall accepts, and at which byte; never a piece of the text itself.
public struct JSONError: Error, Equatable, CustomStringConvertible {
    public let problem: String
    /// Counts bytes from 0.
    public let offset: Int

    public init(problem: String, offset: Int) { (self.problem, self.offset) = (problem, offset) }

    public var description: String { "byte \(offset): \(problem)" }
}
