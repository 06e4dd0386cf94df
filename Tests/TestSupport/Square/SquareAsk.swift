import HTTPServer
import JSONText
import SampleData

/// What a request asks for, whether it stands in a body or in a query.
struct SquareAsk {
    let path: String
    let cursor: String?
    /// All but the cursor.
    private let members: JSONObject
    /// Equal for requests that ask for the same: a cursor is good for this and nothing else.
    let key: String

    init(_ request: ServerRequest) throws(SquareProblem) {
        path = request.path
        var members = JSONObject()
        if request.method == "POST" {
            guard case .object(let body)? = try? JSONValue(parsing: request.body.isEmpty ? Array("{}".utf8) : request.body) else {
                throw .badRequest("The request body is not valid JSON.")
            }
            members = body
        } else {
            for (name, value) in request.queryItems() ?? [] { members[name] = .string(value) }
        }
        cursor = members.text("cursor").flatMap { $0.isEmpty ? nil : $0 }
        members["cursor"] = nil
        self.members = members
        var json = JSONWriter()
        members.write(to: &json)
        key = "\(request.method) \(path) \(String(decoding: json.bytes, as: UTF8.self))"
    }

    private init(path: String, members: JSONObject) { (self.path, self.members, cursor, key) = (path, members, nil, "") }

    /// Refuses what the stand-in does not know: a filter that it passed over would prove nothing.
    func only(_ names: String...) throws(SquareProblem) {
        for member in members.members where !names.contains(member.name) {
            throw SquareProblem(code: "BAD_REQUEST", detail: "Unrecognized field.", field: member.name)
        }
    }

    /// An object inside; empty where there is none.
    func inner(_ name: String) -> SquareAsk {
        guard case .object(let object)? = members[name] else { return SquareAsk(path: path, members: JSONObject()) }
        return SquareAsk(path: path, members: object)
    }

    func has(_ name: String) -> Bool { members[name] != nil }
    func text(_ name: String) -> String? { members.text(name) }
    func isTrue(_ name: String) -> Bool { members[name] == true || members[name] == "true" }

    func number(_ name: String) -> Int? {
        switch members[name] {
        case .number(let text), .string(let text): Int(text)
        default: nil
        }
    }

    func texts(_ name: String) -> [String] {
        switch members[name] {
        case .array(let values):
            values.compactMap { if case .string(let text) = $0 { text } else { nil } }
        case .string(let text): text.split(separator: ",").map(String.init)
        default: []
        }
    }

    func moment(_ name: String) throws(SquareProblem) -> SquareMoment? {
        guard let text = text(name) else { return nil }
        guard let moment = SquareMoment(text) else {
            throw SquareProblem(code: "INVALID_TIME", detail: "The timestamp is not valid RFC 3339.", field: name)
        }
        return moment
    }
}
