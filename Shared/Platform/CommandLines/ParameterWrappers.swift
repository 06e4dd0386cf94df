/// `--name`: on or off.
@propertyWrapper public struct Flag: Declared, Sendable {
    let box: Box<Bool>
    let parameter: Parameter

    /// - Parameters:
    ///   - wrappedValue: the value when the flag is not given; true makes `--no-name` exist.
    ///   - help: what it is for, in a few words.
    ///   - short: the letter of `-n`.
    public init(wrappedValue: Bool, _ help: String, short: Character? = nil) {
        box = Box(wrappedValue)
        parameter = Parameter(kind: .flag, help: help, short: short, isNegatable: wrappedValue)
    }
    public var wrappedValue: Bool { box.value ?? false }
    func accept(_ text: String) -> Bool { box.value = text == "true"; return true }
}

/// `--name VALUE`: one value, an optional one, or several.
@propertyWrapper public struct Option<Value: Sendable>: Declared, Sendable {
    let worded: Worded<Value>
    var parameter: Parameter { worded.parameter }
    public var wrappedValue: Value { worded.value }
    func accept(_ text: String) -> Bool { worded.accept(text) }

    /// A required option.
    /// - Parameters:
    ///   - help: what it is for, in a few words.
    ///   - short: the letter of `-k`.
    ///   - value: what stands for the value in help; the name in capitals, unless given.
    public init(_ help: String, short: Character? = nil, value: String? = nil) where Value: CommandValue {
        worded = .one(nil, Parameter(kind: .option, help: help, short: short, valueName: value ?? ""))
    }

    /// An option with a default.
    public init(wrappedValue: Value, _ help: String, short: Character? = nil, value: String? = nil) where Value: CommandValue {
        worded = .one(wrappedValue, Parameter(kind: .option, help: help, short: short, valueName: value ?? ""))
    }

    /// An option that may be left out.
    public init<Word: CommandValue>(_ help: String, short: Character? = nil, value: String? = nil) where Value == Word? {
        worded = .optional(Parameter(kind: .option, help: help, short: short, valueName: value ?? ""))
    }

    /// An option that may be given several times.
    public init<Word: CommandValue>(wrappedValue: [Word], _ help: String, short: Character? = nil, value: String? = nil) where Value == [Word] {
        worded = .several(wrappedValue, Parameter(kind: .option, help: help, short: short, valueName: value ?? ""))
    }
}

/// A value known by its place.
@propertyWrapper public struct Argument<Value: Sendable>: Declared, Sendable {
    let worded: Worded<Value>
    var parameter: Parameter { worded.parameter }
    public var wrappedValue: Value { worded.value }
    func accept(_ text: String) -> Bool { worded.accept(text) }

    /// A required argument.
    public init(_ help: String, value: String? = nil) where Value: CommandValue {
        worded = .one(nil, Parameter(kind: .argument, help: help, valueName: value ?? ""))
    }

    /// An argument that may be left out.
    public init<Word: CommandValue>(_ help: String, value: String? = nil) where Value == Word? {
        worded = .optional(Parameter(kind: .argument, help: help, valueName: value ?? ""))
    }

    /// Any number of arguments, the last of a command.
    public init<Word: CommandValue>(wrappedValue: [Word], _ help: String, value: String? = nil) where Value == [Word] {
        worded = .several(wrappedValue, Parameter(kind: .argument, help: help, valueName: value ?? ""))
    }
}
