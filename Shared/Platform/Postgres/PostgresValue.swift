/// A parameter of a statement, sent beside the SQL as text and never inside it. SQL NULL is `nil`.
public enum PostgresValue: Sendable, Equatable {
    case text(String)
    case integer(Int64)
    case boolean(Bool)
    /// A `text[]`; with `unnest` one statement of fixed text carries any number of rows.
    case texts([String?])
    /// A `bigint[]`.
    case integers([Int64?])
    /// A `boolean[]`.
    case booleans([Bool?])

    /// As Postgres reads it: https://www.postgresql.org/docs/15/arrays.html#ARRAYS-IO
    var spelled: String {
        switch self {
        case .text(let text): text
        case .integer(let number): String(number)
        case .boolean(let flag): flag ? "t" : "f"
        case .texts(let texts): array(texts.map { $0.map(quoted) })
        case .integers(let numbers): array(numbers.map { $0.map { String($0) } })
        case .booleans(let flags): array(flags.map { $0.map { $0 ? "t" : "f" } })
        }
    }

    private func array(_ elements: [String?]) -> String { "{" + elements.map { $0 ?? "NULL" }.joined(separator: ",") + "}" }

    private func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { quoted.unicodeScalars.append("\\") }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }
}

extension PostgresValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    public init(stringLiteral text: String) { self = .text(text) }
    public init(integerLiteral number: Int64) { self = .integer(number) }
    public init(booleanLiteral flag: Bool) { self = .boolean(flag) }
}
