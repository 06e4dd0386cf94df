import CXXHash

/// XXH3, 64 bits, seed 0, of bytes that come in pieces: what `xxhsum -H3` prints for a whole file, in constant memory.
public struct RunningHash: ~Copyable {
    private let state: OpaquePointer

    public init() {
        guard let state = rc_xxh3_start() else { preconditionFailure("no memory for 576 bytes of hash state") }
        self.state = state
    }

    deinit { rc_xxh3_end(state) }

    public mutating func add(_ bytes: UnsafeRawBufferPointer) { rc_xxh3_add(state, bytes.baseAddress, bytes.count) }

    /// Of everything added so far; more may follow.
    public var value: UInt64 { rc_xxh3_value(state) }
}
