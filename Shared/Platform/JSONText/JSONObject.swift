/// The members of a JSON object in written order; no two names have the same bytes.
public struct JSONObject: Sendable, Equatable {
    /// One name and its value.
    public struct Member: Sendable, Equatable {
        public let name: String
        public var value: JSONValue

        public init(name: String, value: JSONValue) { (self.name, self.value) = (name, value) }

        public static func == (a: Member, b: Member) -> Bool { sameBytes(a.name, b.name) && a.value == b.value }
    }

    public private(set) var members: [Member]

    /// The empty object.
    public init() { members = [] }

    /// The caller knows that no name repeats; saves the search that the subscript does for every member.
    public init(unchecked members: [Member]) { self.members = members }

    /// `nil` means absent; `.null` means present and null. Setting replaces in place or appends; setting `nil` removes.
    public subscript(name: String) -> JSONValue? {
        get { index(of: name).map { members[$0].value } }
        set {
            switch (index(of: name), newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(name: name, value: value))
            case (nil, nil): break
            }
        }
    }

    /// The members in the order of their names' bytes: the canonical order, in which equal objects are equal text.
    public func sortedByName() -> JSONObject {
        JSONObject(unchecked: members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) })
    }

    private func index(of name: String) -> Int? { members.firstIndex { sameBytes($0.name, name) } }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// Names must differ; a later one replaces an earlier one.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init()
        for (name, value) in elements { self[name] = value }
    }
}
