import JSONText
import Records

extension ChangeScanner {
    /// The complete way: a record that was parsed, put into the arena as a scan would.
    mutating func append(_ record: ChangeRecord, to batch: inout ScannedBatch) throws(RecordProblem) {
        guard record.pipeline.utf8.elementsEqual(pipeline.utf8) else {
            throw .foreign(record, code: "pipeline", message: "a change of pipeline \(record.pipeline) on the topic of \(pipeline)")
        }
        guard let stream = layouts.firstIndex(where: { $0.stream.utf8.elementsEqual(record.stream.utf8) }) else {
            throw .foreign(record, code: "stream", message: "stream \(record.stream) is not in the file of pipeline \(pipeline); restart with the present file")
        }
        let layout = layouts[stream]
        let key = record.key.members
        let isOurKey =
            key.count == layout.keyCount
            && zip(key, layout.columns).allSatisfy { member, column in
                member.name.utf8.elementsEqual(column.name.utf8) && member.value != .null && !member.value.keyText.utf8.contains(0)
            }
        guard isOurKey else {
            let names = layout.columns.prefix(layout.keyCount).map(\.name).joined(separator: ", ")
            throw .foreign(record, code: "key", message: "expected the key columns \(names), each with a value that holds no NUL")
        }
        let firstField = batch.fields.count
        var holdsNUL = false
        for (member, column) in zip(key, layout.columns) {
            batch.fields.append(put(member.value, column, into: &batch.arena, &holdsNUL))
        }
        var unmapped: String?
        for _ in layout.keyCount..<layout.columns.count { batch.fields.append(.absent) }
        for member in record.fields.members {
            guard let column = layout.columns[layout.keyCount...].firstIndex(where: { $0.name.utf8.elementsEqual(member.name.utf8) }) else {
                unmapped = unmapped ?? member.name
                continue
            }
            batch.fields[firstField + column] = put(member.value, layout.columns[column], into: &batch.arena, &holdsNUL)
        }
        if let unmapped { batch.unmappedColumns[batch.changes.count] = unmapped }
        batch.changes.append(
            ScannedChange(
                stream: stream, sequence: record.sequence, operation: record.operation, isPartial: record.isPartial, attempt: record.attempt,
                hash: record.hash?.signed, key: batch.arena.text(record.recordKey.text), firstField: firstField, holdsNUL: holdsNUL,
                hasUnmappedColumn: unmapped != nil))
    }

    private func put(_ value: JSONValue, _ column: StreamLayout.Column, into arena: inout BatchArena, _ holdsNUL: inout Bool) -> ArenaSlice {
        if case .null = value { return .null }
        if column.holdsJSON { return arena.text(String(decoding: value.line(), as: UTF8.self)) }
        let text = value.keyText
        if text.utf8.contains(0) { holdsNUL = true }
        return arena.text(text)
    }
}
