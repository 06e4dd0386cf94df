import HTTPClient
import JSONText
import SampleData
import TestSupport
import Testing

/// Talks to the stand-in as any program would, without a client of ours in between.
struct SquareTalk {
    let square: SquareStandIn
    private let session: HTTPSession

    init(_ square: SquareStandIn) throws {
        self.square = square
        var settings = HTTPSessionSettings(userAgent: "rollcall/test")
        settings.proxy = ""
        session = try HTTPSession(settings)
    }

    struct Answer {
        let status: Int
        let body: JSONObject

        /// The first error's word, as programs match it.
        var code: String? {
            guard case .array(let errors)? = body["errors"], case .object(let error)? = errors.first else { return nil }
            return error.text("code")
        }

        func objects(_ member: String) -> [JSONObject] {
            guard case .array(let values)? = body[member] else { return [] }
            return values.compactMap { if case .object(let object) = $0 { object } else { nil } }
        }

        func ids(_ member: String) -> [String] { objects(member).compactMap { $0.text("id") } }
    }

    func get(_ path: String, token: String? = nil) async throws -> Answer { try await send(HTTPRequest("GET", square.url + path), token) }

    func post(_ path: String, _ body: JSONValue) async throws -> Answer {
        try await send(HTTPRequest("POST", square.url + path, headers: [HTTPHeader("Content-Type", "application/json")], body: body.line()), nil)
    }

    private func send(_ request: HTTPRequest, _ token: String?) async throws -> Answer {
        var request = request
        request.headers.append(HTTPHeader("Authorization", "Bearer \(token ?? square.token)"))
        request.headers.append(HTTPHeader("Square-Version", "2025-08-20"))
        let response = try await session.send(request)
        #expect(response.head.first("Square-Version") == "2025-08-20")
        guard case .object(let body) = try JSONValue(parsing: response.body) else {
            Issue.record("an answer that is no object")
            return Answer(status: response.status, body: JSONObject())
        }
        return Answer(status: response.status, body: body)
    }
}

extension JSONValue {
    /// For request bodies and comparisons: the members in written order, no spaces.
    func line() -> [UInt8] {
        var json = JSONWriter()
        write(to: &json)
        return json.bytes
    }
}
