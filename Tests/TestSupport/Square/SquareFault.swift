import HTTPServer

/// What can go wrong between Square and a reader, as it looks on the wire.
public enum SquareFault: Sendable, Equatable {
    /// 409, 429, 500, 503 or 504 in Square's shape.
    case status(Int, retryAfterSeconds: Int? = nil)
    /// 401 with `UNAUTHORIZED`, `ACCESS_TOKEN_EXPIRED` or `ACCESS_TOKEN_REVOKED`.
    case unauthorized(String)
    /// 403: the token lacks a permission.
    case insufficientScopes
    /// A page of HTML, as of a proxy.
    case html
    /// The connection ends after so many bytes of the body.
    case cut(afterBytes: Int)
    /// Only so many bytes of the body, with the length that fits them.
    case shortened(toBytes: Int)
    /// 200 without the list, as if there were nothing.
    case emptyList
    /// The cursor of this request is refused; a request without one is served.
    case cursorRefused
    /// A redirect to another host.
    case redirect(to: String)

    /// The answer a reader gets instead of `sound`.
    func answer(insteadOf sound: ServerResponse, hasCursor: Bool) -> ServerResponse {
        guard case .bytes(let body) = sound.body else { return sound }
        switch self {
        case .status(let status, let seconds):
            var answer = SquareProblem.trouble(status).answer
            if let seconds { answer.headers.append("Retry-After", String(seconds)) }
            return answer
        case .unauthorized(let code): return SquareProblem.unauthorized(code).answer
        case .insufficientScopes:
            return SquareProblem(
                status: 403, category: "AUTHENTICATION_ERROR", code: "INSUFFICIENT_SCOPES",
                detail: "The merchant has not given your application sufficient permissions to do that."
            ).answer
        case .html: return ServerResponse(status: 404, contentType: "text/html", "<!DOCTYPE html><title>Not found</title>")
        case .cut(let count):
            return ServerResponse(
                status: sound.status, headers: sound.headers,
                body: .stream { writer in
                    try await writer.write(Array(body.prefix(count)))
                    throw StreamClosed()  // Ends the connection without the last chunk.
                })
        case .shortened(let count):
            var shortened = sound
            shortened.body = .bytes(Array(body.prefix(count)))
            return shortened
        case .emptyList: return ServerResponse(contentType: "application/json", "{}")
        case .cursorRefused: return hasCursor ? SquareProblem.invalidCursor.answer : sound
        case .redirect(let target): return ServerResponse(status: 302, headers: ServerHeaders([("Location", target)]))
        }
    }
}
