import Hashing

/// Names what a run would do, so that an approval holds for exactly that (invariant 7).
///
/// Sums of hashes: the order in which rows stand in the source means nothing. Rows that wait are no part of it, as unchanged ones are not: a
/// person approves what is sent, and one that waits no more makes another plan.
struct PlanDigest: Sendable, Equatable {
    private var upserts: UInt64 = 0
    private var deletes: UInt64 = 0
    private var count: UInt64 = 0

    mutating func upsert(key: UnsafeRawBufferPointer, hash: UInt64) {
        upserts &+= xxh3([xxh3(key), hash])
        count &+= 1
    }

    mutating func delete(key: UnsafeRawBufferPointer) {
        deletes &+= xxh3([xxh3(key), 0])
        count &+= 1
    }

    /// Sixteen digits for the plan of all streams: each stream's name, what it would send and which guards it met.
    static func name(of streams: [(stream: String, digest: PlanDigest, guards: [TrippedGuard])]) -> String {
        var text = ""
        for (stream, digest, guards) in streams {
            text += "\(stream.utf8.count):\(stream) \(digest.count) \(digest.upserts) \(digest.deletes) \(guards.map(\.word).joined(separator: ","))\n"
        }
        let digits = String(xxh3(Array(text.utf8)), radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    private func xxh3(_ words: [UInt64]) -> UInt64 { words.withUnsafeBytes { Hashing.xxh3($0) } }
    private func xxh3(_ bytes: UnsafeRawBufferPointer) -> UInt64 { Hashing.xxh3(bytes) }
    private static func xxh3(_ bytes: [UInt8]) -> UInt64 { Hashing.xxh3(bytes) }
}
