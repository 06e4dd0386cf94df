/// A key that cannot sign, or a signature that could not be made.
public struct SigningError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was wrong, without any of the key.
    public var message: String

    public var description: String { message }
}
