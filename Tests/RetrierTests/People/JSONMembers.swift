import JSONText

extension JSONValue {
    /// A member of an object; nil for anything else.
    subscript(name: String) -> JSONValue? {
        guard case .object(let object) = self else { return nil }
        return object[name]
    }

    /// The elements of a list; none for anything else.
    var elements: [JSONValue] {
        guard case .array(let values) = self else { return [] }
        return values
    }

    /// A text or a number as it stands; empty for anything else.
    var shown: String {
        switch self {
        case .string(let text), .number(let text): text
        default: ""
        }
    }
}
