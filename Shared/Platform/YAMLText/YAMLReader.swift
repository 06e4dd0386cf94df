import Text

/// A type that one YAML node describes.
public protocol YAMLReadable {
    init(reading yaml: YAMLReader) throws
}

/// One node, its place and its way from the root: what a type reads itself from.
public struct YAMLReader {
    let node: YAMLNode
    let file: String
    let path: String
    /// `${NAME}` in scalars stands for the value of the environment variable.
    let environment: [String: String]

    /// - Parameters:
    ///   - file: the name that messages use.
    ///   - environment: the values of `${NAME}`.
    public init(_ node: YAMLNode, file: String, environment: [String: String] = [:]) {
        (self.node, self.file, self.path, self.environment) = (node, file, "", environment)
    }

    private init(_ node: YAMLNode, path: String, like parent: YAMLReader) {
        (self.node, self.file, self.path, self.environment) = (node, parent.file, path, parent.environment)
    }

    /// Reads a mapping; a key that `read` never asked for is refused, and the nearest one it asked for is named.
    public func mapping<Value>(_ read: (YAMLKeys) throws -> Value) throws -> Value {
        guard case .mapping(let members) = node.content else { throw expected("a mapping") }
        let keys = YAMLKeys(reader: self, members: members.map { ($0.key, child($0.value, ".\($0.key)")) })
        let value = try read(keys)
        for member in members where !keys.asked.contains(member.key) {
            let near = nearest(member.key, in: keys.asked)
            throw YAMLError(
                file: file, mark: member.mark, path: path,
                problem: "unknown key `\(member.key)`" + (near.map { "; did you mean `\($0)`?" } ?? "; known here: \(keys.asked.joined(separator: ", "))"))
        }
        return value
    }

    /// The readers of a list's elements; throws when there is no list here.
    public func list() throws -> [YAMLReader] {
        guard case .sequence(let nodes) = node.content else { throw expected("a list") }
        return nodes.enumerated().map { child($1, "[\($0)]") }
    }

    /// The scalar with its `${NAME}`s replaced; `$${` stands for `${`.
    public func scalar(_ what: String) throws -> (text: String, isQuoted: Bool) {
        guard case .scalar(let text, let isQuoted) = node.content, isQuoted || !["", "~", "null"].contains(text) else { throw expected(what) }
        return (try substituted(text), isQuoted)
    }

    /// The error that something else stands here.
    /// - Parameter what: what was wanted, in a person's words.
    public func expected(_ what: String) -> YAMLError {
        YAMLError(file: file, mark: node.mark, path: path, problem: "expected \(what), got \(node.summary)")
    }

    func child(_ node: YAMLNode, _ step: String) -> YAMLReader {
        YAMLReader(node, path: path.isEmpty ? String(step.drop { $0 == "." }) : path + step, like: self)
    }

    private func substituted(_ text: String) throws -> String {
        guard text.contains("${") else { return text }
        return try text.replacing(/(\$?)\$\{([^}]*)\}/) { match in
            if !match.1.isEmpty { return "${\(match.2)}" }
            guard let value = environment[String(match.2)] else {
                throw YAMLError(file: file, mark: node.mark, path: path, problem: "the environment variable \(match.2) is not set")
            }
            // An id that ended in CR LF once made a user's program read another spreadsheet and delete every row.
            guard !value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
                throw YAMLError(
                    file: file, mark: node.mark, path: path,
                    problem: "the environment variable \(match.2) holds a line break or another control character; set it again without")
            }
            return value
        }
    }
}

/// The keys of one mapping; it remembers which were asked for.
public final class YAMLKeys {
    private let reader: YAMLReader
    private let members: [String: YAMLReader]
    fileprivate private(set) var asked: [String] = []

    fileprivate init(reader: YAMLReader, members: [(String, YAMLReader)]) {
        self.reader = reader
        self.members = Dictionary(uniqueKeysWithValues: members)
    }

    /// The value of `key`; nil when the file does not have it.
    public func optional<Value: YAMLReadable>(_ key: String, as type: Value.Type = Value.self) throws -> Value? {
        asked.append(key)
        return try members[key].map(Value.init(reading:))
    }

    /// The value of `key`; throws when the file does not have it.
    public func required<Value: YAMLReadable>(_ key: String, as type: Value.Type = Value.self) throws -> Value {
        guard let value = try optional(key, as: type) else {
            throw YAMLError(file: reader.file, mark: reader.node.mark, path: reader.path, problem: "the key `\(key)` is missing")
        }
        return value
    }

    /// The value of `key`, or the default when the file does not have it.
    public func value<Value: YAMLReadable>(_ key: String, default value: @autoclosure () -> Value) throws -> Value {
        try optional(key) ?? value()
    }
}

extension String: YAMLReadable {
    public init(reading yaml: YAMLReader) throws { self = try yaml.scalar("text").text }
}

extension Int: YAMLReadable {
    public init(reading yaml: YAMLReader) throws {
        let (text, isQuoted) = try yaml.scalar("a whole number")
        guard !isQuoted, let value = Int(text), String(value) == text else { throw yaml.expected("a whole number") }
        self = value
    }
}

extension Bool: YAMLReadable {
    public init(reading yaml: YAMLReader) throws {
        switch try yaml.scalar("true or false") {
        case ("true", false): self = true
        case ("false", false): self = false
        default: throw yaml.expected("true or false")
        }
    }
}

extension Array: YAMLReadable where Element: YAMLReadable {
    public init(reading yaml: YAMLReader) throws { self = try yaml.list().map(Element.init(reading:)) }
}

/// An enum of words reads itself; the message lists the words.
extension YAMLReadable where Self: RawRepresentable & CaseIterable, RawValue == String {
    public init(reading yaml: YAMLReader) throws {
        let words = Self.allCases.map(\.rawValue).joined(separator: " | ")
        guard let value = Self(rawValue: try yaml.scalar(words).text) else { throw yaml.expected(words) }
        self = value
    }
}
