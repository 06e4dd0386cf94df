
public struct HTTPStream: Sendable {
    public let head: HTTPHead
    public let body: HTTPBody
}

/// A body read once, chunk by chunk. At most `streamBytesMax` plus one receive buffer wait in memory; then the peer does.
public struct HTTPBody: AsyncSequence, Sendable {
    public typealias Element = [UInt8]
    let owner: StreamOwner

    public func makeAsyncIterator() -> Iterator { Iterator(owner: owner) }

    public struct Iterator: AsyncIteratorProtocol {
        let owner: StreamOwner

        /// Nil at a complete end; a cut body throws.
        public func next() async throws -> [UInt8]? {
            try await withTaskCancellationHandler {
                let chunk = try await withCheckedThrowingContinuation { owner.sink.read($0) }
                if chunk.resume { owner.loop.resume(owner.transfer) }
                return chunk.bytes
            } onCancel: { [owner] in
                owner.cancel()
            }
        }
    }
}

/// Drops the transfer when the last reader lets go of the body.
final class StreamOwner: Sendable {
    let transfer: CurlTransfer
    let loop: CurlLoop
    let sink: StreamedResponse

    init(transfer: CurlTransfer, loop: CurlLoop, sink: StreamedResponse) {
        self.transfer = transfer
        self.loop = loop
        self.sink = sink
    }

    func cancel() { loop.cancel(transfer) }

    deinit { loop.cancel(transfer) }
}
