
/// Hands a body to one reader; refuses more (libcurl pauses the transfer) while the reader is behind.
final class StreamedResponse: CurlSink {
    struct Opening: Sendable {
        var redirectURL: String?
        var head: HTTPHead
    }
    struct Chunk: Sendable {
        var bytes: [UInt8]?
        /// The transfer was paused and must be woken.
        var resume = false
    }
    private struct State: Sendable {
        var collector = HeadCollector()
        var opening: CheckedContinuation<Opening, any Error>?
        var reader: CheckedContinuation<Chunk, any Error>?
        var held: [UInt8] = []
        var taken = 0
        var paused = false
        var tooLarge = false
        var isOver = false
        var failure: (any Error)?
    }

    private let host: String
    private let bodyBytesMax: Int
    private let heldBytesMax: Int
    private let state = Guarded(State())

    init(host: String, bodyBytesMax: Int, heldBytesMax: Int) {
        self.host = host
        self.bodyBytesMax = bodyBytesMax
        self.heldBytesMax = heldBytesMax
    }

    func awaitHead(_ continuation: CheckedContinuation<Opening, any Error>) {
        state.withLock { $0.opening = continuation }
    }

    func read(_ reader: CheckedContinuation<Chunk, any Error>) {
        let answer: Result<Chunk, any Error>? = state.withLock { state in
            if !state.held.isEmpty {
                let chunk = Chunk(bytes: state.held, resume: state.paused)
                state.held = []
                state.paused = false
                return .success(chunk)
            }
            if let failure = state.failure { return .failure(failure) }
            if state.isOver { return .success(Chunk(bytes: nil)) }
            precondition(state.reader == nil, "a body has one reader")
            state.reader = reader
            return nil
        }
        if let answer { reader.resume(with: answer) }
    }

    func header(_ line: UnsafeRawBufferPointer) {
        // Redirects wait for the end: only then does libcurl know the absolute target.
        let ready: (CheckedContinuation<Opening, any Error>, HTTPHead)? = state.withLock { state in
            guard state.collector.take(line), !(300..<400).contains(state.collector.head.status), let opening = state.opening else { return nil }
            state.opening = nil
            return (opening, state.collector.head)
        }
        if let (opening, head) = ready { opening.resume(returning: Opening(redirectURL: nil, head: head)) }
    }

    func received(_ bytes: UnsafeRawBufferPointer) -> CurlVerdict {
        var waiting: (CheckedContinuation<Chunk, any Error>, [UInt8])?
        let verdict: CurlVerdict = state.withLock { state in
            guard state.opening == nil else { return .taken }  // The body of a redirect.
            guard state.taken + bytes.count <= bodyBytesMax else {
                state.tooLarge = true
                return .refuse
            }
            if state.held.count >= heldBytesMax {
                state.paused = true  // libcurl offers the same bytes again.
                return .pause
            }
            state.taken += bytes.count
            if let reader = state.reader {
                state.reader = nil
                waiting = (reader, [UInt8](bytes))
            } else {
                state.held.append(contentsOf: bytes)
            }
            return .taken
        }
        if let (reader, chunk) = waiting { reader.resume(returning: Chunk(bytes: chunk)) }
        return verdict
    }

    func finished(_ ending: CurlEnding) {
        let (opening, reader, failed, head) = state.withLock { state in
            state.failure = failure(ending, host: host, tooLarge: state.tooLarge, bodyBytesMax: bodyBytesMax)
            state.isOver = true
            defer { (state.opening, state.reader) = (nil, nil) }
            return (state.opening, state.reader, state.failure, state.collector.head)
        }
        if let failed {
            opening?.resume(throwing: failed)
            reader?.resume(throwing: failed)
        } else {
            opening?.resume(returning: Opening(redirectURL: ending.redirectURL, head: head))
            reader?.resume(returning: Chunk(bytes: nil))
        }
    }
}
