/// A way into an object of an API, as pipeline files write it:
///
/// - `item_data.name`: a member of a member; `categories[0].id`: of the first element of a list, counted from 0;
/// - `.`: the element itself; `#`: its place in its list, counted from 0;
/// - `^id`: a member of the object that the list stands in; `^^id`: one further out.
public struct JSONPath: Sendable, Equatable {
    public enum Step: Sendable, Equatable {
        case member(String)
        case element(Int)
        /// `[]`: each element; only in `each`.
        case every
    }

    /// How many lists to step out of first.
    public let up: Int
    public let steps: [Step]
    /// `#`.
    public let isPlace: Bool
    /// As written.
    public let text: String

    /// - Throws: when `text` is no path, saying where.
    public init(parsing text: String) throws(JSONPathError) {
        self.text = text
        isPlace = text.utf8.elementsEqual("#".utf8)
        let outer = text.utf8.prefix { $0 == UInt8(ascii: "^") }
        up = outer.count
        let rest = text.utf8.dropFirst(outer.count)
        steps = isPlace || rest.isEmpty && up > 0 || rest.elementsEqual(".".utf8) ? [] : try JSONPath.steps(Array(rest), of: text)
        guard !steps.contains(.every) else { throw JSONPathError(path: text, problem: "`[]` stands for each element; expected a number, as in [0]") }
    }

    /// The lists to go through: `line_items`, or `item_data.variations[].item_variation_data.location_overrides` for lists in lists.
    public init(each text: String) throws(JSONPathError) {
        (self.text, up, isPlace) = (text, 0, false)
        var steps = try JSONPath.steps(Array(text.utf8), of: text)
        if steps.last != .every { steps.append(.every) }
        self.steps = steps
    }

    private static func steps(_ bytes: [UInt8], of text: String) throws(JSONPathError) -> [Step] {
        func problem(_ problem: String) -> JSONPathError { JSONPathError(path: text, problem: problem) }
        var steps: [Step] = []
        for segment in bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            let name = segment.prefix { $0 != UInt8(ascii: "[") }
            guard !name.isEmpty, !name.contains(where: { $0 == UInt8(ascii: "]") || $0 == UInt8(ascii: "^") || $0 == UInt8(ascii: "#") || $0 <= 0x20 }) else {
                throw problem("expected the name of a member between the points")
            }
            steps.append(.member(String(decoding: name, as: UTF8.self)))
            var rest = segment.dropFirst(name.count)
            while !rest.isEmpty {
                guard rest.first == UInt8(ascii: "["), let end = rest.firstIndex(of: UInt8(ascii: "]")) else { throw problem("expected [0] after a name") }
                let digits = rest[rest.startIndex + 1..<end]
                guard digits.allSatisfy({ (0x30...0x39).contains($0) }), digits.count <= 6 else { throw problem("expected a number of at most 6 digits in []") }
                steps.append(Int(String(decoding: digits, as: UTF8.self)).map { .element($0) } ?? .every)
                rest = rest[(end + 1)...]
            }
        }
        return steps
    }

    /// How many lists the path goes through.
    public var depth: Int { steps.count { $0 == .every } }

    public static func == (a: JSONPath, b: JSONPath) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }
}

/// A text that is no path, or one that leads nowhere.
public struct JSONPathError: Error, Equatable, CustomStringConvertible {
    public let path: String
    public let problem: String

    public init(path: String, problem: String) { (self.path, self.problem) = (path, problem) }

    public var description: String { "the path \"\(path)\": \(problem)" }
}
