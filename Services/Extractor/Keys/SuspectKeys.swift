import Records

/// Decides on the keys themselves where a fingerprint did not suffice: a key that stands in several rows, or keys that share a fingerprint.
///
/// Costs memory for suspect keys only: in a table without repeated keys there are none.
struct SuspectKeys: Sendable {
    /// A row in which a suspect key stands.
    struct Row: Sendable, Equatable {
        var index: Int
        /// As the source counts.
        var number: Int
        /// Of its fields, whole and as a partial run would send them; nil for a row that cannot be mapped.
        var hashes: Hashes?
        /// Nothing that the row needs is left open by a part of the source that could not be read.
        var canBeMade = true
    }
    struct Hashes: Sendable, Equatable {
        var whole: UInt64
        var partial: UInt64?
    }
    /// What the database settled about one key.
    struct Settled: Sendable, Equatable {
        /// Of what stands there or, of a key that waits, of what is queued.
        var hash: UInt64
        var state: KeyTable.Settled
    }
    /// What becomes of one row.
    enum Decision: Equatable, Sendable {
        case duplicate, rejected, unchanged, waiting
        /// - Parameter isKnown: the database has a row with this key.
        case upsert(isKnown: Bool)
    }

    private(set) var rows: [RecordKey: [Row]] = [:]
    private(set) var settled: [RecordKey: Settled] = [:]

    mutating func add(_ key: RecordKey, _ row: Row) { rows[key, default: []].append(row) }
    mutating func settle(_ key: RecordKey, _ state: Settled) { settled[key] = state }

    /// The source has this key, in one row or in several.
    func contains(_ key: RecordKey) -> Bool { rows[key] != nil }

    /// The numbers of all rows with this key when there are several: none of them is taken for the right one.
    func repetition(_ key: RecordKey) -> [Int]? {
        guard let rows = rows[key], rows.count > 1 else { return nil }
        return rows.map(\.number)
    }

    /// Each suspect row's fate, as the table decides it for the others.
    func decisions() -> [(row: Row, decision: Decision)] {
        rows.flatMap { key, rows -> [(row: Row, decision: Decision)] in
            guard rows.count == 1 else { return rows.map { ($0, .duplicate) } }
            let row = rows[0]
            guard let hashes = row.hashes else { return [(row, .rejected)] }
            // Invariant 13: equal, and nothing owed, and still there.
            if let settled = settled[key], settled.state.contains(.comparable), settled.hash == hashes.whole || settled.hash == hashes.partial {
                return [(row, .unchanged)]
            }
            // Invariant 13 again: the very content that waits, of the whole row.
            if let settled = settled[key], settled.state.contains(.waits), settled.hash == hashes.whole { return [(row, .waiting)] }
            return [(row, .upsert(isKnown: settled[key]?.state.contains(.landed) == true))]
        }
    }
}
