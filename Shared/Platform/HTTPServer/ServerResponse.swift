/// What a handler answers.
public struct ServerResponse: Sendable {
    /// Writes a body piece by piece. Ending it ends the answer; throwing cuts the connection, so that the client knows.
    public typealias Producer = @Sendable (StreamWriter) async throws -> Void

    public enum Body: Sendable {
        case bytes([UInt8])
        /// Sent in chunks, as long as it takes; never started for HEAD.
        case stream(Producer)
    }

    /// 100...999; anything else, and a header with a line break, is dropped and logged.
    public var status: Int
    public var headers: ServerHeaders
    public var body: Body
    /// Whether the connection ends with this answer.
    public var closesConnection = false

    public init(status: Int = 200, headers: ServerHeaders = ServerHeaders(), body: Body = .bytes([])) {
        (self.status, self.headers, self.body) = (status, headers, body)
    }

    /// A text, as UTF-8.
    public init(status: Int = 200, contentType: String, _ text: String) {
        self.init(status: status, headers: ServerHeaders([("Content-Type", contentType)]), body: .bytes(Array(text.utf8)))
    }
}
