/// A type that one word of the command line describes.
public protocol CommandValue: Sendable {
    /// Nil when the word describes no value.
    init?(argument: String)
    /// The words to choose from, when they are few: for help, messages and completion.
    static var words: [String] { get }
}

extension CommandValue {
    public static var words: [String] { [] }
}

extension String: CommandValue {
    public init?(argument: String) { self = argument }
}

extension Int: CommandValue {
    public init?(argument: String) { self.init(argument) }
}

/// An enum of words.
extension CommandValue where Self: RawRepresentable & CaseIterable, RawValue == String {
    public init?(argument: String) { self.init(rawValue: argument) }
    public static var words: [String] { allCases.map(\.rawValue) }
}
