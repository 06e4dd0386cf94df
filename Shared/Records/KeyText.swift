import JSONText

extension JSONValue {
    /// A key column's value as text, the way it stands in `record_key`: numbers and booleans as JSON writes them.
    public var keyText: String {
        switch self {
        case .string(let text): text
        case .number(let digits): digits
        case .bool(let value): value ? "true" : "false"
        case .null: ""
        case .array, .object: String(decoding: line(), as: UTF8.self)
        }
    }
}
