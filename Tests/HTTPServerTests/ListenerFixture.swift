import HTTPServer
import TestSupport
import Testing

/// Runs `body` with a listener that is stopped whatever happens, and checks that it let go of everything.
func withListener(
    change: (inout HTTPListenerSettings) -> Void = { _ in }, handler: @escaping HTTPListener.Handler = { await routes($0) },
    sourceLocation: SourceLocation = #_sourceLocation, _ body: (HTTPListener) async throws -> Void
) async throws {
    var settings = HTTPListenerSettings()
    change(&settings)
    let listener = try HTTPListener(settings, handler: handler)
    do {
        try await body(listener)
    } catch {
        await listener.stop(deadline: .zero)
        throw error
    }
    await listener.stop(deadline: .zero)
    #expect(listener.liveExchanges == 0 && listener.connectionCount == 0, sourceLocation: sourceLocation)
}

/// `/livez` answers ok, `/echo` what it was sent, `/path/…` its decoded path, anything else 404.
func routes(_ request: ServerRequest) async -> ServerResponse {
    switch request.path {
    case "/livez": ServerResponse(contentType: "text/plain", "ok")
    case "/echo": ServerResponse(body: .bytes(request.body))
    case let path where path.hasPrefix("/path/"): ServerResponse(contentType: "text/plain", path)
    default: ServerResponse(status: 404)
    }
}

/// The statuses in what came over a connection, in their order.
func statuses(_ text: String) -> [Int] {
    text.split(separator: "HTTP/1.1 ", omittingEmptySubsequences: false).dropFirst().compactMap { Int($0.prefix(3)) }
}

/// Sends bytes, says that nothing more comes, and gives back the whole answer.
func exchange(_ listener: HTTPListener, _ pieces: [UInt8]...) async throws -> String {
    let connection = try RawConnection(port: listener.port)
    for piece in pieces { await connection.send(piece) }
    connection.finishSending()
    return try await connection.rest()
}
