import Mapping
import Pipelines
import Records

/// One stream's share of a read: decides for every row whether it is to be sent (the first pass over the source).
///
/// It remembers decisions, not rows: a bit for each. The second pass maps those rows again.
struct StreamReading: Sendable {
    let definition: StreamDefinition
    let scope: RunScope
    /// Tells the first bytes of a key's identity; see `KeyTable`.
    let settled: SettledRows
    /// The longest change record that Kafka takes, in bytes.
    let lineBytesMax: Int
    let line: ChangeLine

    private(set) var mapping: StreamMapping
    var keys: KeyTable
    private(set) var plan = StreamPlan()
    /// Rows that hold anything, asked for or not: what the guards look at.
    private(set) var found = 0

    /// Rows to send; of them, those of which only the fields asked for are sent.
    private(set) var upserts = RowMarks()
    private(set) var partials = RowMarks()
    /// Rows that cannot be sent, and rows of a suspect key.
    private(set) var rejected = RowMarks()
    private(set) var suspects = RowMarks()
    /// Rows not sent because what they say waits.
    private(set) var waiting = RowMarks()
    private(set) var suspectKeys = SuspectKeys()

    init(
        _ definition: StreamDefinition, scope: RunScope, mapping: StreamMapping, settled: SettledRows, keys: KeyTable, line: ChangeLine, lineBytesMax: Int
    ) {
        (self.definition, self.scope, self.mapping, self.settled) = (definition, scope, mapping, settled)
        (self.keys, self.line, self.lineBytesMax) = (keys, line, lineBytesMax)
    }

    /// What happened to each field in the deciding pass; later passes map some rows again.
    private(set) var fields: [FieldTally] = []

    /// Settled keys of which only their texts can tell whether the source still has them.
    var hasSuspectAbsences: Bool { keys.suspectSettled > suspectKeys.settled.count }

    /// - Parameter index: counts the rows of this read from 0.
    mutating func decide(_ row: borrowing SourceRow, index: Int) {
        let outcome = mapping.map(row)
        if case .blank = outcome {
            if scope.coversAll { (plan.read, plan.blank) = (plan.read + 1, plan.blank + 1) }
            return
        }
        found += 1
        guard mapping.whole.recordKeyBytes.isEmpty ? scope.coversAll : scope.covers(mapping.whole) else { return }
        plan.read += 1
        guard !mapping.whole.recordKeyBytes.isEmpty else { return reject(index) }
        let isMapped = outcome.isMapped && fits
        let fingerprint = mapping.whole.recordKeyBytes.withUnsafeBytes { settled.fingerprint($0) }
        let hashes = (mapping.whole.hash.rawValue, mapping.partialHash)
        switch keys.meet(fingerprint, hashes: hashes, row: index) {
        case .suspect(let first):
            suspects[index] = true
            if let first { withdraw(first) }
        case _ where !isMapped: reject(index)
        case .unchanged: plan.unchanged += 1
        case .waiting: wait(index)
        case .changed: send(index, asPartial: scope.fields != nil)
        case .new where !mapping.whole.absentRequired.isEmpty: reject(index)
        case .new: send(index, asPartial: false)
        }
    }

    /// Reads the key of a suspect row (a pass of its own, over these rows only).
    mutating func identify(_ row: borrowing SourceRow, index: Int) {
        guard suspects[index] else { return }
        let isMapped = mapping.map(row).isMapped && fits
        let hashes = SuspectKeys.Hashes(whole: mapping.whole.hash.rawValue, partial: mapping.partialHash)
        suspectKeys.add(
            mapping.whole.recordKey,
            SuspectKeys.Row(
                index: index, number: row.number, hashes: isMapped ? hashes : nil, canBeMade: mapping.whole.absentRequired.isEmpty))
    }

    /// Decides about the suspect rows, once each has been identified.
    mutating func settleSuspects(_ known: [(RecordKey, SuspectKeys.Settled)]) {
        for (key, settled) in known { suspectKeys.settle(key, settled) }
        for (row, decision) in suspectKeys.decisions() {
            switch decision {
            case .duplicate: plan.duplicate += 1
            case .rejected: reject(row.index)
            case .unchanged: plan.unchanged += 1
            case .waiting: wait(row.index)
            case .upsert(isKnown: false) where !row.canBeMade: reject(row.index)
            case .upsert(let isKnown): send(row.index, asPartial: isKnown && scope.fields != nil)
            }
        }
    }

    mutating func finishTallies() { fields = mapping.fields }

    mutating func planDeletes(_ count: Int) { plan.deletes = count }

    /// Maps a row to be sent; the result stands in `mapping`.
    mutating func remap(_ row: borrowing SourceRow) -> MapOutcome { mapping.map(row) }

    /// The row mapped last, as it is sent: with all fields, or with those asked for.
    func mapped(_ index: Int) -> MappedRow { partials[index] ? mapping.partial : mapping.whole }

    /// Why a row is not sent; nil for one that is (a pass of its own, over the rows the plan left out).
    mutating func refusal(_ row: borrowing SourceRow, index: Int, address: (_ column: Int?) -> String) -> RowRefusal? {
        guard rejected[index] || suspects[index] else { return nil }
        let outcome = mapping.map(row)
        let key = mapping.whole.recordKeyBytes.isEmpty ? nil : mapping.whole.recordKey
        var reasons: [RowRefusal.Reason] = []
        if suspects[index], let key, let rows = suspectKeys.repetition(key) {
            reasons = [.duplicate(rows: rows, cell: address(nil))]
        } else if rejected[index] {
            if case .rejected(let rejection) = outcome { reasons = rejection.problems.map { .init($0, cell: address($0.column)) } }
            if reasons.isEmpty, !fits { reasons = [.tooLarge(bytes: lineBytes, limit: lineBytesMax, cell: address(nil))] }
            if reasons.isEmpty {
                reasons = mapping.whole.absentRequired.map { .unread(mapping.header.columns[$0].mapping, cell: address(mapping.header.columns[$0].cells[0])) }
            }
        }
        guard !reasons.isEmpty else { return nil }
        return RowRefusal(
            key: key, row: row.number, reasons: reasons, content: content(of: row, header: mapping.header.header, bytesMax: lineBytesMax / 4))
    }

    /// Whether the mapped row becomes a record that Kafka takes; judged by a bound, so that each pass decides alike.
    private var fits: Bool { lineBytes <= lineBytesMax }

    private var lineBytes: Int {
        let row = mapping.whole
        return line.bytesMax(recordKey: row.recordKeyBytes.count, key: row.key.count, fields: row.fields.count)
    }

    private mutating func send(_ index: Int, asPartial: Bool) {
        plan.upserts += 1
        upserts[index] = true
        if asPartial { partials[index] = true }
    }

    private mutating func wait(_ index: Int) {
        plan.waiting += 1
        waiting[index] = true
    }

    private mutating func reject(_ index: Int) {
        plan.rejected += 1
        rejected[index] = true
    }

    /// Takes back what was decided about a row before its key turned out to be suspect.
    private mutating func withdraw(_ index: Int) {
        guard !suspects[index] else { return }
        suspects[index] = true
        if upserts[index] {
            plan.upserts -= 1
            upserts[index] = false
            partials[index] = false
        } else if rejected[index] {
            plan.rejected -= 1
            rejected[index] = false
        } else if waiting[index] {
            plan.waiting -= 1
            waiting[index] = false
        } else {
            plan.unchanged -= 1
        }
    }
}

extension MapOutcome {
    var isMapped: Bool { if case .mapped = self { true } else { false } }
}
