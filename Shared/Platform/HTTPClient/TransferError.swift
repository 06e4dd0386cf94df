/// A transfer that brought no answer. Carries the host but never the path, the query, a header or a credential.
public struct TransferError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Where a transfer stood when it failed.
    public enum Phase: String, Sendable {
        case prepare, resolve, connect, tls
        /// Sent in part or whole, no byte of the answer yet.
        case request
        /// The answer has begun.
        case response
    }

    /// A CURLcode's name without `CURLE_`, or one of ours: `BODY_TOO_LARGE`, `REDIRECT_REFUSED`, `BAD_REQUEST`, `SESSION_CLOSED`.
    public var code: String
    public var host: String
    public var phase: Phase
    /// libcurl's sentence, or ours.
    public var message: String
    /// The server's last status, 0 when there was none.
    public var status: Int

    public init(code: String, host: String, phase: Phase, message: String, status: Int = 0) {
        (self.code, self.host, self.phase, self.message, self.status) = (code, host, phase, message, status)
    }

    /// Whether the same request may succeed a little later: the network or the server failed, not what we asked, trust or refuse.
    public var mayPass: Bool { !Self.lasting.contains(code) }

    public var description: String { "\(host): \(message) (\(code), while in \(phase.rawValue))" }

    private static let lasting: Set<String> = [
        "BODY_TOO_LARGE", "REDIRECT_REFUSED", "BAD_REQUEST", "SESSION_CLOSED", "URL_MALFORMAT", "UNSUPPORTED_PROTOCOL",
        "PEER_FAILED_VERIFICATION", "SSL_CACERT_BADFILE", "SSL_CERTPROBLEM", "FAILED_INIT",
    ]
}
