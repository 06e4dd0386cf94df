// What a type needs that checks more than one node can know: where it stands, and the words of an open mapping.
extension YAMLReader {
    public var mark: YAMLMark { node.mark }
    public var fileName: String { file }

    public var isMapping: Bool { if case .mapping = node.content { true } else { false } }
    public var isList: Bool { if case .sequence = node.content { true } else { false } }

    /// `null`, unquoted: nothing for most readers, a word for those that know one of that name.
    public var isNullWord: Bool { if case .scalar("null", isQuoted: false) = node.content { true } else { false } }

    /// An error at this node, in the reader's own words.
    public func problem(_ text: String) -> YAMLError { YAMLError(file: file, mark: node.mark, path: path, problem: text) }

    /// The members of a mapping whose keys are the user's own words, in the order of the file.
    public func entries() throws -> [(key: String, value: YAMLReader)] {
        guard case .mapping(let members) = node.content else { throw expected("a mapping") }
        return members.map { ($0.key, child($0.value, ".\($0.key)")) }
    }
}
