/// Gathers head and body of one transfer, then answers once.
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
    private var isTooLarge = false

    init(host: String, bodyBytesMax: Int) { (self.host, self.bodyBytesMax) = (host, bodyBytesMax) }

    func header(_ line: UnsafeRawBufferPointer) {
        guard collector.take(line) else { return }
        // A wrong or hostile length must not reserve memory: at most 1 MB ahead.
        if let length = collector.head.first("Content-Length").flatMap({ Int($0) }) {
            body.reserveCapacity(max(0, min(length, bodyBytesMax, 1 << 20)))
        }
    }

    func received(_ bytes: UnsafeRawBufferPointer) -> CurlVerdict {
        guard body.count + bytes.count <= bodyBytesMax else {
            isTooLarge = true
            return .refuse
        }
        body.append(contentsOf: bytes)
        return .taken
    }

    func finished(_ ending: CurlEnding) {
        let waiting = continuation
        continuation = nil
        if let failure = failure(ending) {
            waiting?.resume(throwing: failure)
        } else {
            let answer = HTTPResponse(head: collector.head, body: body, connectionsOpened: ending.connectionsOpened)
            body = []
            waiting?.resume(returning: Outcome(redirectURL: ending.redirectURL, answer: answer))
        }
    }

    private func failure(_ ending: CurlEnding) -> (any Error)? {
        switch ending.cause {
        case .cancelled: CancellationError()
        case .closed: TransferError(code: "SESSION_CLOSED", host: host, phase: .prepare, message: "the session was closed")
        case .done where isTooLarge:
            TransferError(
                code: "BODY_TOO_LARGE", host: host, phase: .response, message: "the body has more than the \(bodyBytesMax) bytes allowed",
                status: ending.status)
        case .done: ending.error
        }
    }
}
