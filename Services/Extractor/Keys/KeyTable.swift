/// Every key of one stream, settled or read, in about 24 bytes each: what tells new from known, repeated from single, absent from present.
///
/// It holds 64-bit fingerprints, not keys, so a million rows cost megabytes and not gigabytes. Two keys may share a fingerprint: the table
/// then says `suspect` instead of deciding, and `SuspectKeys` decides on the keys themselves. The caller seeds its fingerprints anew for each
/// run, so that what a coincidence between a settled key and another key of the source hides from one run, the next one sees.
struct KeyTable: Sendable {
    /// What the database has settled about a key.
    struct Settled: OptionSet, Sendable {
        let rawValue: UInt8
        /// A row with this key stands in the target table.
        static let landed = Settled(rawValue: 1)
        /// Its hash says what stands there: nothing is owed, it was not deleted (invariant 13).
        static let comparable = Settled(rawValue: 2)
        /// It is to be deleted when the source lacks it: everything but a settled tombstone (invariant 7).
        static let deletable = Settled(rawValue: 4)
        /// Something is owed and stands in the retry queue, whose hash says what: sent again, the same content would only fail again (invariant 13).
        static let waits = Settled(rawValue: 8)

        init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Leaves out what else a table's byte holds.
        init(bitsOf state: UInt8) { rawValue = state & 15 }
    }

    /// What meeting a key in the source means.
    enum Verdict: Equatable, Sendable {
        /// The database holds exactly this.
        case unchanged
        /// Exactly this failed, and waits in the retry queue for its next attempt or its cure.
        case waiting
        /// The row is to be sent; the database has one with this key.
        case changed
        /// The row is to be sent; the database has none with this key.
        case new
        /// The fingerprint was met before, in the row of this index, or belongs to several settled keys: only the keys themselves can tell.
        case suspect(first: Int?)
    }

    private static let segmentBits = 6
    private var segments = [KeySegment](repeating: KeySegment(), count: 1 << KeyTable.segmentBits)

    /// Keys in the table.
    private(set) var count = 0
    /// Settled keys that deletion considers.
    private(set) var deletable = 0
    /// Settled keys whose fingerprint does not suffice.
    private(set) var suspectSettled = 0
    /// Two settled keys shared a fingerprint.
    private(set) var hasSettledCoincidence = false

    /// Enters a settled key.
    /// - Parameter hash: what is settled, or of a key that waits what is queued.
    /// - Returns: false if another settled key has this fingerprint; all of them are then suspect.
    mutating func settle(_ fingerprint: UInt64, hash: UInt64, _ settled: Settled) -> Bool {
        if settled.contains(.deletable) { deletable += 1 }
        let fingerprint = KeyTable.usable(fingerprint)
        let isNew = segments[KeyTable.segment(fingerprint)].insert(fingerprint, word: hash, state: settled.rawValue | KeySegment.settled)
        if isNew {
            count += 1
        } else {
            hasSettledCoincidence = true
            let isFirst = segments[KeyTable.segment(fingerprint)].suspect(fingerprint, settled.rawValue)
            suspectSettled += isFirst ? 2 : 1
        }
        return isNew
    }

    /// Meets a key in the source.
    /// - Parameters:
    ///   - hashes: of the whole row and, in a run over some fields, of those. Either means that the database holds what the row says; only the
    ///     first that the row waits.
    ///   - row: the row's index in this read, remembered for the case that the key comes again.
    mutating func meet(_ fingerprint: UInt64, hashes: (UInt64, UInt64?), row: Int) -> Verdict {
        let fingerprint = KeyTable.usable(fingerprint)
        let (verdict, isFresh, suspects) = segments[KeyTable.segment(fingerprint)].meet(fingerprint, hashes: hashes, row: UInt64(row))
        if isFresh { count += 1 }
        if suspects { suspectSettled += 1 }
        return verdict
    }

    /// Whether the source had a key with this fingerprint. Suspect ones are the business of `SuspectKeys`.
    func presence(_ fingerprint: UInt64) -> (seen: Bool, suspect: Bool, settled: Settled)? {
        let fingerprint = KeyTable.usable(fingerprint)
        guard let state = segments[KeyTable.segment(fingerprint)].state(fingerprint) else { return nil }
        return (state & KeySegment.seen != 0, state & KeySegment.suspect != 0, Settled(bitsOf: state))
    }

    /// Settled keys that deletion considers and the source did not show; suspect ones apart.
    func absent() -> Int { segments.reduce(0) { $0 + $1.absent(deletable: Settled.deletable.rawValue) } }

    /// Zero marks an empty place.
    private static func usable(_ fingerprint: UInt64) -> UInt64 { max(fingerprint, 1) }
    private static func segment(_ fingerprint: UInt64) -> Int { Int(truncatingIfNeeded: fingerprint >> UInt64(64 - segmentBits)) }
}
