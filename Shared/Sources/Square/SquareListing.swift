import JSONText

/// A question that Square answers page by page. All pages are asked for with the same words, since a cursor is good for them alone.
struct SquareListing: Sendable {
    enum Form: Sendable {
        /// Names and values of the query.
        case get([(name: String, value: String)])
        case post(JSONObject)
    }

    /// For errors: `Square orders`.
    let place: String
    let path: String
    /// The member of the answer that holds the objects.
    let list: String
    let form: Form

    /// The path with its query.
    func address(after cursor: String?) -> String {
        guard case .get(var query) = form else { return path }
        if let cursor { query.append(("cursor", cursor)) }
        let pairs = query.map { "\($0.name)=\(percentEncoded($0.value))" }
        return pairs.isEmpty ? path : path + "?" + pairs.joined(separator: "&")
    }

    /// The body of a POST; nil for a GET.
    func body(after cursor: String?) -> [UInt8]? {
        guard case .post(var members) = form else { return nil }
        if let cursor { members["cursor"] = .string(cursor) }
        var json = JSONWriter()
        json.value(members)
        return json.bytes
    }
}
