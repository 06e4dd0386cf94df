/// A name of a table, column or schema, quoted so that it can stand in SQL text and can be nothing but a name.
public struct Identifier: Sendable, Hashable, CustomStringConvertible {
    /// In double quotes, with double quotes within doubled.
    public let quoted: String

    /// Postgres cuts longer names without a word: NAMEDATALEN - 1, https://www.postgresql.org/docs/15/sql-syntax-lexical.html
    static let bytesMax = 63

    /// - Throws: `badIdentifier` for an empty name, one over 63 bytes of UTF-8, or one with U+0000.
    public init(_ name: String) throws(PostgresError) {
        let bytes = name.utf8.count
        guard bytes > 0 else { throw PostgresError(kind: .badIdentifier, problem: "A name is empty; expected a table or column") }
        guard bytes <= Identifier.bytesMax else {
            throw PostgresError(
                kind: .badIdentifier, problem: "The name \"\(name)\" has \(bytes) bytes; Postgres keeps \(Identifier.bytesMax), so shorten it")
        }
        guard !name.utf8.contains(0) else { throw PostgresError(kind: .badIdentifier, problem: "A name holds U+0000; Postgres allows none") }
        var quoted = "\""
        for character in name.unicodeScalars {
            if character == "\"" { quoted.unicodeScalars.append("\"") }
            quoted.unicodeScalars.append(character)
        }
        self.quoted = quoted + "\""
    }

    public var description: String { quoted }

    public static func == (left: Identifier, right: Identifier) -> Bool { left.quoted.utf8.elementsEqual(right.quoted.utf8) }
    public func hash(into hasher: inout Hasher) { for byte in quoted.utf8 { hasher.combine(byte) } }
}
