/// A request that passed every check on its form.
public struct ServerRequest: Sendable {
    public let method: String
    /// The request target exactly as it was on the wire: printable ASCII.
    public let target: String
    /// Percent-decoded: valid UTF-8 without control characters.
    public let path: String
    /// As it was on the wire, without the `?`.
    public let rawQuery: String
    public let headers: ServerHeaders
    /// Whom the client believes to ask, with the port.
    public let host: String
    public let body: [UInt8]
    /// The address the request came from.
    public let peer: String

    /// The names and values of the query; nil where it is not well-formed percent-encoded UTF-8.
    public func queryItems() -> [(name: String, value: String)]? { Self.formItems(rawQuery) }

    /// The names and values of a text in the form of `application/x-www-form-urlencoded`, as in queries and posted forms; nil where it is none.
    public static func formItems(_ text: String) -> [(name: String, value: String)]? {
        var items: [(name: String, value: String)] = []
        for pair in text.utf8.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = percentDecoded(parts[0], plusIsSpace: true), let value = parts.count > 1 ? percentDecoded(parts[1], plusIsSpace: true) : ""
            else { return nil }
            items.append((name: name, value: value))
        }
        return items
    }
}
