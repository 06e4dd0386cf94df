/// Which batches abort again and again, though no row of them was refused (invariant 8).
///
/// After three equal aborts of one batch it is halved, until one row is left that alone aborts.
struct Suspicions {
    private struct Suspicion {
        var from: Int64
        let code: String
        var aborts = 1
        var rowsMax: Int?
        var abortedAlone = false
        var commits = 0
    }

    static let abortsMax = 3
    private var suspicions: [Int32: Suspicion] = [:]

    /// A transaction of `rows` records from `offset` on was given up with `code`.
    /// - Returns: whether the next try has fewer rows, so that it need not wait long.
    @discardableResult mutating func aborted(_ partition: Int32, at offset: Int64, code: String, rows: Int) -> Bool {
        guard var known = suspicions[partition], known.from == offset, known.code == code else {
            suspicions[partition] = Suspicion(from: offset, code: code)
            return false
        }
        known.aborts += 1
        let before = known.rowsMax ?? Int.max
        if known.aborts >= Suspicions.abortsMax { known.rowsMax = max(1, rows / 2) }
        known.abortedAlone = rows == 1 && known.aborts > Suspicions.abortsMax
        suspicions[partition] = known
        return known.rowsMax ?? Int.max < before
    }

    /// A batch of the partition committed up to `next`. What is behind it stays suspect for a while: a part of the batch has not been tried.
    mutating func committed(_ partition: Int32, next: Int64) {
        guard var known = suspicions[partition] else { return }
        known.commits += 1
        (known.from, known.aborts, known.rowsMax, known.abortedAlone) = (next, Suspicions.abortsMax - 1, nil, false)
        suspicions[partition] = known.commits > 4 ? nil : known
    }

    /// How many rows the next batch may have; nil when it is not suspect.
    func rowsMax(of partition: Int32, at offset: Int64) -> Int? {
        guard let known = suspicions[partition], known.from == offset else { return nil }
        return known.rowsMax
    }

    /// The code of a row that aborts alone as its batch did; nil as long as there is none.
    func accused(_ partition: Int32, at offset: Int64) -> String? {
        guard let known = suspicions[partition], known.from == offset, known.abortedAlone else { return nil }
        return known.code
    }
}
