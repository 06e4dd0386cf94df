public struct ServerResponse: Sendable {
    public typealias Producer = @Sendable (StreamWriter) async throws -> Void

    public enum Body: Sendable {
        case bytes([UInt8])
        case stream(Producer)
    }

    public var status: Int
    public var headers: ServerHeaders
    public var body: Body
    public var close = false

    public init(status: Int = 200, headers: ServerHeaders = ServerHeaders(), body: Body = .bytes([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    public init(status: Int = 200, contentType: String, _ text: String) {
        self.init(
            status: status, headers: ServerHeaders([("Content-Type", contentType)]), body: .bytes(Array(text.utf8)))
    }

    public static func stream<S: AsyncSequence & Sendable>(
        status: Int = 200, headers: ServerHeaders, _ chunks: S
    ) -> ServerResponse where S.Element == [UInt8] {
        ServerResponse(
            status: status, headers: headers,
            body: .stream { writer in
                for try await chunk in chunks { try await writer.write(chunk) }
            })
    }
}

/// The client is gone or the server is stopping.
public struct StreamClosed: Error {
    public init() {}
}
