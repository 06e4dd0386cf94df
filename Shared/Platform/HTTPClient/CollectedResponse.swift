
/// Gathers head and body, then answers once.
///
/// `@unchecked Sendable`: `continuation` is set before the transfer starts; the rest is touched on the loop's thread alone.
final class CollectedResponse: CurlSink, @unchecked Sendable {
    struct Outcome: Sendable {
        var redirectURL: String?
        var answer: HTTPResponse
    }

    var continuation: CheckedContinuation<Outcome, any Error>?
    private let host: String
    private let bodyBytesMax: Int
    private var collector = HeadCollector()
    private var body: [UInt8] = []
    private var tooLarge = false

    init(host: String, bodyBytesMax: Int) {
        self.host = host
        self.bodyBytesMax = bodyBytesMax
    }

    func header(_ line: UnsafeRawBufferPointer) {
        guard collector.take(line) else { return }
        // A wrong or hostile length must not reserve memory: at most 1 MB ahead.
        if let length = collector.head.first("Content-Length").flatMap({ Int($0) }) {
            body.reserveCapacity(max(0, min(length, bodyBytesMax, 1 << 20)))
        }
    }

    func received(_ bytes: UnsafeRawBufferPointer) -> CurlVerdict {
        guard body.count + bytes.count <= bodyBytesMax else {
            tooLarge = true
            return .refuse
        }
        body.append(contentsOf: bytes)
        return .taken
    }

    func finished(_ ending: CurlEnding) {
        let continuation = continuation
        self.continuation = nil
        if let failure = failure(ending, host: host, tooLarge: tooLarge, bodyBytesMax: bodyBytesMax) {
            continuation?.resume(throwing: failure)
            return
        }
        continuation?.resume(returning: Outcome(
            redirectURL: ending.redirectURL,
            answer: HTTPResponse(
                head: collector.head, body: body, connectionsOpened: ending.connectionsOpened, httpVersion: ending.httpVersion)))
        body = []
    }
}

func failure(_ ending: CurlEnding, host: String, tooLarge: Bool, bodyBytesMax: Int) -> (any Error)? {
    switch ending.cause {
    case .cancelled: return CancellationError()
    case .closed: return CurlError(code: "CLIENT_CLOSED", host: host, phase: .prepare, message: "the client was closed")
    case .done:
        guard tooLarge else { return ending.error }
        return CurlError(
            code: "BODY_TOO_LARGE", host: host, phase: .response, message: "the body has more than \(bodyBytesMax) bytes",
            responseCode: ending.responseCode)
    }
}
