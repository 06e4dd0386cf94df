/// One part of a `KeyTable`: open addressing with linear probing.
///
/// It grows by an eighth and not by doubling, and one part at a time: so neither the room kept free nor the copy made while growing costs much.
struct KeySegment: Sendable {
    // The bits beside those of `KeyTable.Settled`.
    static let seen: UInt8 = 16
    static let suspect: UInt8 = 32
    static let settled: UInt8 = 64

    private var fingerprints: [UInt64] = []
    /// The settled hash, or of a key that waits the queued one, until the key is met in the source; from then on the index of the row it was met in.
    private var words: [UInt64] = []
    private var states: [UInt8] = []
    private var count = 0

    init() {}

    private init(count: Int, capacity: Int) {
        self.count = count
        fingerprints = [UInt64](repeating: 0, count: capacity)
        words = [UInt64](repeating: 0, count: capacity)
        states = [UInt8](repeating: 0, count: capacity)
    }

    /// - Returns: false if the fingerprint is there already; nothing is changed then.
    mutating func insert(_ fingerprint: UInt64, word: UInt64, state: UInt8) -> Bool {
        growIfFull()
        let place = find(fingerprint)
        guard fingerprints[place] == 0 else { return false }
        (fingerprints[place], words[place], states[place]) = (fingerprint, word, state)
        count += 1
        return true
    }

    /// Another settled key has this fingerprint.
    /// - Returns: true for the first such coincidence here.
    mutating func suspect(_ fingerprint: UInt64, _ state: UInt8) -> Bool {
        let place = find(fingerprint)
        defer { states[place] |= KeySegment.suspect | state }
        return states[place] & KeySegment.suspect == 0
    }

    func state(_ fingerprint: UInt64) -> UInt8? {
        guard !fingerprints.isEmpty else { return nil }
        let place = find(fingerprint)
        return fingerprints[place] == 0 ? nil : states[place]
    }

    /// - Returns: besides the verdict, whether the fingerprint was unknown, and whether one settled key became suspect.
    mutating func meet(
        _ fingerprint: UInt64, hashes: (UInt64, UInt64?), row: UInt64
    ) -> (verdict: KeyTable.Verdict, isFresh: Bool, suspectsSettled: Bool) {
        growIfFull()
        let place = find(fingerprint)
        guard fingerprints[place] != 0 else {
            (fingerprints[place], words[place], states[place]) = (fingerprint, row, KeySegment.seen)
            count += 1
            return (.new, true, false)
        }
        let state = states[place]
        if state & KeySegment.seen != 0 {
            states[place] |= KeySegment.suspect
            let suspectsSettled = state & (KeySegment.suspect | KeySegment.settled) == KeySegment.settled
            return (.suspect(first: Int(words[place])), false, suspectsSettled)
        }
        let hash = words[place]
        states[place] |= KeySegment.seen
        words[place] = row
        if state & KeySegment.suspect != 0 { return (.suspect(first: nil), false, false) }
        let settled = KeyTable.Settled(bitsOf: state)
        // Invariant 13: equal, and nothing owed, and still there.
        if settled.contains(.comparable), hash == hashes.0 || hash == hashes.1 { return (.unchanged, false, false) }
        // Invariant 13 again: the very content that waits. Of the whole row: some of its fields make nothing good (invariant 6).
        if settled.contains(.waits), hash == hashes.0 { return (.waiting, false, false) }
        return (settled.contains(.landed) ? .changed : .new, false, false)
    }

    func absent(deletable: UInt8) -> Int {
        states.reduce(0) { $0 + ($1 & (deletable | KeySegment.seen | KeySegment.suspect) == deletable ? 1 : 0) }
    }

    /// Where the fingerprint stands, or the empty place where it would.
    private func find(_ fingerprint: UInt64) -> Int { fingerprints.withUnsafeBufferPointer { KeySegment.find(fingerprint, in: $0) } }

    private static func find(_ fingerprint: UInt64, in fingerprints: UnsafeBufferPointer<UInt64>) -> Int {
        let capacity = fingerprints.count
        // The top bits chose the segment; the middle ones choose the place, scaled instead of masked, so any capacity will do.
        var place = Int((((fingerprint >> 16) & 0xffff_ffff) * UInt64(capacity)) >> 32)
        while fingerprints[place] != 0, fingerprints[place] != fingerprint {
            place += 1
            if place == capacity { place = 0 }
        }
        return place
    }

    private mutating func growIfFull() {
        guard count * 7 >= fingerprints.count * 6 else { return }
        let capacity = max(16, fingerprints.count + fingerprints.count / 8)
        var grown = KeySegment(count: count, capacity: capacity)
        grown.take(self)
        self = grown
    }

    private mutating func take(_ old: KeySegment) {
        // Unsafe buffers: this loop runs some eight times for each key of a source.
        fingerprints.withUnsafeMutableBufferPointer { fingerprints in
            words.withUnsafeMutableBufferPointer { words in
                states.withUnsafeMutableBufferPointer { states in
                    old.fingerprints.withUnsafeBufferPointer { oldFingerprints in
                        for index in oldFingerprints.indices where oldFingerprints[index] != 0 {
                            let place = KeySegment.find(oldFingerprints[index], in: UnsafeBufferPointer(fingerprints))
                            (fingerprints[place], words[place], states[place]) = (oldFingerprints[index], old.words[index], old.states[index])
                        }
                    }
                }
            }
        }
    }
}
