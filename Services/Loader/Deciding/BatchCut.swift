import Hashing
import Records

/// Decides where batches end: one partition, one stream, at most so many records, and never two changes of one key that need a row's state between them.
///
/// Two whole first attempts of one key may share a batch: only the newest of them is applied (`newestPerKey`).
struct BatchCut {
    var rowsMax: Int
    private var stream: Int?
    /// By the fingerprint of the key whether it stands there as a whole first attempt. Equal fingerprints of two keys only end a batch early.
    private var keys: [UInt64: Bool] = [:]
    private(set) var count = 0
    /// Some key stands there twice: only the newest change of it is applied, which is the deciding path's business.
    private(set) var repeatsKey = false

    init(rowsMax: Int) {
        self.rowsMax = rowsMax
        keys.reserveCapacity(rowsMax)
    }

    mutating func removeAll() {
        (stream, count, repeatsKey) = (nil, 0, false)
        keys.removeAll(keepingCapacity: true)
    }

    /// Takes the change into the batch, or says that the batch ends before it.
    mutating func accepts(_ change: ScannedChange, key: UnsafeRawBufferPointer) -> Bool {
        guard count < rowsMax, stream == nil || stream == change.stream else { return false }
        let isWholeFirstAttempt = !change.isPartial && change.isFirstAttempt
        let fingerprint = xxh3(key)
        if let isHeldWhole = keys.updateValue(isWholeFirstAttempt, forKey: fingerprint) {
            // Invariant 6: a batch ends before a partial change if it holds the key; so it does before a retry, and behind either.
            guard isHeldWhole, isWholeFirstAttempt else {
                keys[fingerprint] = isHeldWhole
                return false
            }
            repeatsKey = true
        }
        stream = change.stream
        count += 1
        return true
    }
}

/// A key by its bytes: `String` takes two spellings of one letter for equal, PostgreSQL does not.
struct KeyBytes: Hashable {
    let bytes: [UInt8]

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = Array(bytes) }
    init(_ text: String) { bytes = Array(text.utf8) }
}

/// For each change whether a newer change of the same batch takes its place: "never extracted" is as good (models: argued, `newest per key`).
///
/// PostgreSQL refuses an upsert that touches one row twice (21000), so a batch writes each key once.
func replacedWithinBatch(_ changes: [(key: KeyBytes, sequence: Records.Sequence)]) -> [Bool] {
    var newest: [KeyBytes: Int] = [:]
    var isReplaced = Array(repeating: false, count: changes.count)
    for (index, change) in changes.enumerated() {
        guard let other = newest[change.key] else {
            newest[change.key] = index
            continue
        }
        if changes[other].sequence >= change.sequence {
            isReplaced[index] = true
        } else {
            isReplaced[other] = true
            newest[change.key] = index
        }
    }
    return isReplaced
}
