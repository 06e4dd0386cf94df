import HTTPServer

/// What can go wrong between Google and a reader, as it looks on the wire.
public enum SheetsFault: Sendable, Equatable {
    /// 429, 500, 502, 503 or 504 in Google's shape.
    case status(Int, retryAfterSeconds: Int? = nil)
    /// A page of HTML with 404, as for an address that is not the API's.
    case htmlNotFound
    /// 403 because the API is switched off in the account's project.
    case serviceDisabled
    /// The connection ends after so many bytes of the body.
    case cut(afterBytes: Int)
    /// Only so many bytes of the body, but with the length that fits them: what a proxy that cut a gzip stream hands on.
    case shortened(toBytes: Int)
    /// After so many bytes nothing more comes, and the connection stays open.
    case stall(afterBytes: Int)
    /// So many bytes a second.
    case slow(bytesPerSecond: Int)
    /// A redirect to another host.
    case redirect(to: String)
    /// 400 with this word, as the token service refuses.
    case invalidGrant

    /// The answer a reader gets instead of `sound`.
    func answer(insteadOf sound: ServerResponse) -> ServerResponse {
        guard case .bytes(let body) = sound.body else { return sound }
        switch self {
        case .status(let status, let seconds):
            var refusal = googleError(status, message: Self.message(status), reason: status == 429 ? "RATE_LIMIT_EXCEEDED" : nil)
            if let seconds { refusal.headers.append("Retry-After", String(seconds)) }
            return refusal
        case .htmlNotFound:
            return ServerResponse(status: 404, contentType: "text/html; charset=UTF-8", "<!DOCTYPE html><title>Error 404 (Not Found)!!1</title>")
        case .serviceDisabled:
            return googleError(403, message: "Google Sheets API has not been used in project 1 before or it is disabled.", reason: "SERVICE_DISABLED")
        case .cut(let count):
            return streamed(sound) { writer in
                try await writer.write(Array(body.prefix(count)))
                throw StreamClosed()  // Ends the connection without the last chunk.
            }
        case .shortened(let count):
            var shortened = sound
            shortened.body = .bytes(Array(body.prefix(count)))
            return shortened
        case .stall(let count):
            return streamed(sound) { writer in
                try await writer.write(Array(body.prefix(count)))
                while true { try await Task.sleep(for: .seconds(3600)) }  // Until the reader hangs up or the stand-in stops.
            }
        case .slow(let perSecond):
            return streamed(sound) { writer in
                let step = max(1, perSecond / 10)
                for start in stride(from: 0, to: body.count, by: step) {
                    try await writer.write(Array(body[start..<min(start + step, body.count)]))
                    try await Task.sleep(for: .milliseconds(100))
                }
            }
        case .redirect(let target):
            return ServerResponse(status: 302, headers: ServerHeaders([("Location", target)]))
        case .invalidGrant:
            return ServerResponse(
                status: 400, contentType: "application/json", #"{"error":"invalid_grant","error_description":"Invalid JWT Signature."}"#)
        }
    }

    private func streamed(_ sound: ServerResponse, _ producer: @escaping ServerResponse.Producer) -> ServerResponse {
        ServerResponse(status: sound.status, headers: sound.headers, body: .stream(producer))
    }

    private static func message(_ status: Int) -> String {
        switch status {
        case 429:
            "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute per user' of service "
                + "'sheets.googleapis.com' for consumer 'project_number:1'."
        case 503: "The service is currently unavailable."
        default: "Internal error encountered."
        }
    }
}
