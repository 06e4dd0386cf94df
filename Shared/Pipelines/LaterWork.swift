import YAMLText

/// A key of the design that nothing obeys yet. It is read, and refused when it asks for more than happens anyway: a file that promises
/// what nobody does is how users came to trust a sync that did not sync.
struct LaterWork: YAMLReadable {
    private let yaml: YAMLReader

    init(reading yaml: YAMLReader) throws { self.yaml = yaml }

    func accept(only word: String?, key: String) throws {
        if let word, !yaml.isMapping, !yaml.isList, try yaml.scalar(word).text == word { return }
        let now = word.map { "what is accepted now is `\(key): \($0)`, which is also what happens without the key" } ?? "leave the key out"
        throw yaml.problem("`\(key)` is not yet supported here; \(now)")
    }
}

extension YAMLKeys {
    /// - Parameter only: the one value that asks for what happens anyway; nil when there is none.
    func later(_ key: String, only word: String?) throws { try optional(key, as: LaterWork.self)?.accept(only: word, key: key) }
}
