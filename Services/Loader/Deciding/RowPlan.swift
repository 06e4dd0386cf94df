import Pipelines
import Records

/// What the deciding path is going to do with one row.
struct RowPlan: Sendable {
    enum Write: Equatable, Sendable {
        /// The row goes into the many-row upsert; before it, these columns become NULL.
        case whole(clears: [Int])
        /// Only these columns are written, of a row that is there or is made.
        case some(columns: [Int])
        case delete
    }

    let row: ChangeRow
    let write: Write
    let isSettledContent: Bool
    /// How `sync_rows` has the key afterwards.
    let after: SettledRow
    /// Whether the outcome is counted: a first attempt whose ordinal was not counted before (invariant 4).
    let isCounted: Bool
}

extension StreamTarget {
    /// Turns a change that applies into what is written.
    func plan(_ row: ChangeRow, _ application: Application, settled: SettledRow?, isCounted: Bool) -> RowPlan {
        let before = settled ?? SettledRow(sequence: Records.Sequence(rawValue: 0))
        var after = before
        after.sequence = row.sequence
        after.owed = application.owedAfter
        guard row.operation == .upsert else {
            (after.hash, after.isDeleted) = (nil, true)  // Invariant 3: the tombstone keeps an older change from bringing the row back.
            if definition.deletes == .hard { after.held = HeldBits(count: heldCount) }
            return RowPlan(row: row, write: .delete, isSettledContent: false, after: after, isCounted: isCounted)
        }
        (after.hash, after.isDeleted) = (row.hash, false)
        after.held = HeldBits(count: heldCount)
        var written: [Int] = []
        var clears: [Int] = []
        var isWhole = !row.isPartial
        for index in row.fields.indices {
            guard let position = positions[index] else { continue }
            let wasHeld = before.held[position]
            after.held[position] = isHeld(after: row.fields[index], wasHeld: wasHeld)
            switch effect(of: row.fields[index], wasHeld: wasHeld) {
            case .write: written.append(index)
            case .clear: clears.append(index)
            case .keep: if row.fields[index].isAbsent, !mayTravelAsNull(index) { isWhole = false }
            }
        }
        return RowPlan(
            row: row, write: isWhole ? .whole(clears: clears) : .some(columns: (written + clears).sorted()), isSettledContent: application.isSettledContent,
            after: after, isCounted: isCounted)
    }
}
