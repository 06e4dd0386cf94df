import Synchronization

/// Holds a wrapper's value; written while parsing, read while running.
final class Box<Value: Sendable>: Sendable {
    private let stored: Mutex<Value?>
    init(_ value: Value?) { stored = Mutex(value) }
    var value: Value? {
        get { stored.withLock { $0 } }
        set { stored.withLock { $0 = newValue } }
    }
}

/// What `Option` and `Argument` share: a value made of words.
struct Worded<Value: Sendable>: Sendable {
    var parameter: Parameter
    let box: Box<Value>
    let accept: @Sendable (String) -> Bool

    var value: Value {
        guard let value = box.value else { preconditionFailure("read before parsing") }
        return value
    }

    static func one(_ initial: Value?, _ parameter: Parameter) -> Self where Value: CommandValue {
        let box = Box(initial)
        return make(box, parameter, Value.words, required: initial == nil, initial.map { "\($0)" }) { text in
            box.value = Value(argument: text) ?? box.value
            return Value(argument: text) != nil
        }
    }
    static func optional<Word: CommandValue>(_ parameter: Parameter) -> Self where Value == Word? {
        let box = Box<Value>(.some(nil))
        return make(box, parameter, Word.words) { text in
            guard let word = Word(argument: text) else { return false }
            box.value = word
            return true
        }
    }
    static func several<Word: CommandValue>(_ initial: [Word], _ parameter: Parameter) -> Self where Value == [Word] {
        let box = Box(initial)
        return make(box, parameter, Word.words, repeating: true) { text in
            guard let word = Word(argument: text) else { return false }
            box.value = (box.value ?? []) + [word]
            return true
        }
    }
    private static func make(
        _ box: Box<Value>, _ parameter: Parameter, _ words: [String], required: Bool = false, repeating: Bool = false,
        _ defaultText: String? = nil, _ accept: @escaping @Sendable (String) -> Bool
    ) -> Self {
        var parameter = parameter
        parameter.words = words
        parameter.isRequired = required
        parameter.isRepeating = repeating
        parameter.defaultText = defaultText
        return Self(parameter: parameter, box: box, accept: accept)
    }
}
