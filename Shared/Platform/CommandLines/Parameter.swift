/// What a command declares about one of its properties: the source of parsing, help, completion and reference.
struct Parameter: Sendable {
    enum Kind: Sendable { case flag, option, argument }

    var kind: Kind
    /// What it is for, in a few words.
    var help: String
    /// The letter of `-k`.
    var short: Character?
    /// As people type it: `dry-run`.
    var name = ""
    /// What stands for its value in help: `KEY`.
    var valueName = ""
    /// The words to choose from; none when there are too many to list.
    var words: [String] = []
    var isRequired = false
    var isRepeating = false
    /// `--no-name` exists: the flag is on unless told otherwise.
    var isNegatable = false
    /// The default as help shows it.
    var defaultText: String?
}

/// A property wrapper whose value comes from the command line.
protocol Declared {
    var parameter: Parameter { get }
    /// False when the text does not describe a value.
    func accept(_ text: String) -> Bool
}
