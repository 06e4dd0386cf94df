/// Which batches abort again and again, though no row of them was refused (invariant 8).
///
/// After three equal aborts of one batch it is halved, until one row is left that alone aborts.
struct Suspicions {
    private struct Suspicion {
        let from: Int64
        let code: String
        var aborts = 1
        var rowsMax: Int?
    }

    static let abortsMax = 3
    private var suspicions: [Int32: Suspicion] = [:]

    /// A transaction of `rows` records from `offset` on was given up with `code`.
    mutating func aborted(_ partition: Int32, at offset: Int64, code: String, rows: Int) {
        guard var known = suspicions[partition], known.from == offset, known.code == code else {
            suspicions[partition] = Suspicion(from: offset, code: code)
            return
        }
        known.aborts += 1
        if known.aborts >= Suspicions.abortsMax { known.rowsMax = max(1, rows / 2) }
        suspicions[partition] = known
    }

    mutating func committed(_ partition: Int32) { suspicions[partition] = nil }

    /// How many rows the next batch may have; nil when it is not suspect.
    func rowsMax(of partition: Int32, at offset: Int64) -> Int? {
        guard let known = suspicions[partition], known.from == offset else { return nil }
        return known.rowsMax
    }

    /// The code of a row that has aborted alone as often as a batch may; nil as long as there is none.
    func accused(_ partition: Int32, at offset: Int64) -> String? {
        guard let known = suspicions[partition], known.from == offset, known.rowsMax == 1, known.aborts > Suspicions.abortsMax else { return nil }
        return known.code
    }
}
