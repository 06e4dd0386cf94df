/// A JSON value exactly as it was written: numbers stay text, members keep their order, null is not absence.
public enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    /// The digits as written, so `1.10` and `12345678901234567890` survive.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// What kind of value this is, for messages that must not show the value.
    public var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .number: "a number"
        case .string: "text"
        case .array: "a list"
        case .object: "an object"
        }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// Names must differ; a later one replaces an earlier one.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init()
        for (name, value) in elements { self[name] = value }
    }
}
extension JSONValue: ExpressibleByStringLiteral, ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral {
    public init(stringLiteral text: String) { self = .string(text) }
    public init(nilLiteral: ()) { self = .null }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int) { self = .number(String(value)) }
}

/// The members of a JSON object in written order; names are unique.
public struct JSONObject: Sendable, Equatable {
    public struct Member: Sendable, Equatable {
        public let name: String
        public var value: JSONValue

        public init(name: String, value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    public private(set) var members: [Member]

    public init() { members = [] }

    /// `nil` means absent; `.null` means present and null. Setting replaces in place or appends; setting `nil` removes.
    public subscript(name: String) -> JSONValue? {
        get {
            for member in members where member.name == name { return member.value }
            return nil
        }
        set {
            let index = members.firstIndex { $0.name == name }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(name: name, value: value))
            case (nil, nil): break
            }
        }
    }

    /// The caller knows that no name repeats; saves the search that the subscript does for every member.
    public init(unchecked members: [Member]) { self.members = members }

    /// The members in the order of their names' bytes: the canonical order, in which equal objects are equal text.
    public func sortedByName() -> JSONObject {
        JSONObject(uniqueMembers: members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) })
    }

    /// The caller (`JSONParser`) has checked that no name repeats.
    init(uniqueMembers: [Member]) { members = uniqueMembers }
}
