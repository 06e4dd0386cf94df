import JSONText
import Records
import Text

/// Reads change records into a batch: copies each value once, makes no string and no object.
///
/// The extractor writes every record in one shape, so the common record is compared with that shape piece by piece. Anything else (another
/// order, spaces, `\u` escapes, nested values, members of a later version) is read by `ChangeRecord(parsing:)`, and that one alone refuses.
/// Both ways give the same change; a differential test holds them together.
struct ChangeScanner {
    let pipeline: String
    let layouts: [StreamLayout]
    private let pipelineMember: [UInt8]
    /// Records of one stream stand together, so the last one's is tried first.
    private var stream = 0

    init(pipeline: String, layouts: [StreamLayout]) {
        (self.pipeline, self.layouts) = (pipeline, layouts)
        pipelineMember = Array(#","pipeline":"#.utf8) + StreamLayout.quoted(pipeline) + [UInt8(ascii: ",")]
    }

    /// Appends the change that `payload` holds to `batch`.
    mutating func scan(_ payload: UnsafeRawBufferPointer, into batch: inout ScannedBatch) throws(RecordProblem) {
        if try scanUsual(payload, into: &batch) { return }
        let record: ChangeRecord
        do { record = try ChangeRecord(parsing: Array(payload)) } catch {
            throw error.isNewerFormat ? .newerFormat(error) : .damaged(error)
        }
        try append(record, to: &batch)
    }

    /// The common shape, or false with nothing appended.
    mutating func scanUsual(_ payload: UnsafeRawBufferPointer, into batch: inout ScannedBatch) throws(RecordProblem) -> Bool {
        let mark = batch.arena.count
        let firstField = batch.fields.count
        batch.arena.reserve(payload.count * 4 + 64)  // A key is written twice, its second spelling up to three bytes for one.
        if let change = read(payload, into: &batch) {
            batch.changes.append(change)
            return true
        }
        batch.arena.rewind(to: mark)
        batch.fields.rewind(to: firstField)
        return false
    }

    private mutating func read(_ payload: UnsafeRawBufferPointer, into batch: inout ScannedBatch) -> ScannedChange? {
        guard firstInvalidUTF8(payload) == nil else { return nil }
        var cursor = JSONCursor(payload)
        guard cursor.take(#"{"format":1,"id":"#), cursor.plainString() != nil, cursor.take(pipelineMember), let stream = takeStream(&cursor),
            cursor.take(#""run":"#), let run = cursor.wholeNumber(), cursor.take(#","sequence":"#), let number = cursor.wholeNumber(),
            cursor.take(#","op":"#)
        else { return nil }
        let sequence = Records.Sequence(rawValue: number)
        guard sequence.run == run else { return nil }
        let operation: ChangeRecord.Operation
        if cursor.take(#""upsert","key":{"#) { operation = .upsert } else if cursor.take(#""delete","key":{"#) { operation = .delete } else { return nil }

        let layout = layouts[stream]
        let firstField = batch.fields.count
        guard takeKey(&cursor, layout, into: &batch), cursor.take(#","fields":{"#), takeFields(&cursor, layout, into: &batch) else { return nil }
        let isPartial = cursor.take(#","partial":true"#)
        guard takeOrigin(&cursor) else { return nil }
        var hash: Int64?
        if operation == .upsert {
            guard cursor.take(#","hash":"#), let digits = cursor.plainString(), let value = hexadecimal(cursor.slice(digits)) else { return nil }
            hash = Int64(bitPattern: value)
        }
        guard cursor.take(#","attempt":"#), let attempt = cursor.wholeNumber(), attempt >= 1, cursor.take(#","extracted_at":"#),
            cursor.plainString() != nil, cursor.take("}"), cursor.isAtEnd
        else { return nil }
        let key = keyText(of: firstField..<firstField + layout.keyCount, in: &batch)
        return ScannedChange(
            stream: stream, sequence: sequence, operation: operation, isPartial: isPartial, attempt: Int(attempt), hash: hash, key: key, firstField: firstField)
    }

    private mutating func takeStream(_ cursor: inout JSONCursor) -> Int? {
        if layouts.indices.contains(stream), cursor.take(layouts[stream].streamMember) { return stream }
        for index in layouts.indices where cursor.take(layouts[index].streamMember) {
            stream = index
            return index
        }
        return nil
    }

    /// The key's columns, all of them and in the pipeline's order.
    private func takeKey(_ cursor: inout JSONCursor, _ layout: StreamLayout, into batch: inout ScannedBatch) -> Bool {
        for index in 0..<layout.keyCount {
            if index > 0 { guard cursor.take(",") else { return false } }
            guard cursor.take(layout.columns[index].member), let value = takeValue(&cursor, layout.columns[index], into: &batch.arena), value.hasValue
            else { return false }
            batch.fields.append(value)
        }
        return cursor.take("}")
    }

    /// The fields, in the order of their names, so that none can stand twice.
    private func takeFields(_ cursor: inout JSONCursor, _ layout: StreamLayout, into batch: inout ScannedBatch) -> Bool {
        var column = layout.keyCount
        var isFirst = true
        while !cursor.take("}") {
            if !isFirst { guard cursor.take(",") else { return false } }
            isFirst = false
            while true {
                guard column < layout.columns.count else { return false }
                if cursor.take(layout.columns[column].member) { break }
                batch.fields.append(.absent)
                column += 1
            }
            guard let value = takeValue(&cursor, layout.columns[column], into: &batch.arena) else { return false }
            batch.fields.append(value)
            column += 1
        }
        while column < layout.columns.count {
            batch.fields.append(.absent)
            column += 1
        }
        return true
    }

    private func takeValue(_ cursor: inout JSONCursor, _ column: StreamLayout.Column, into arena: inout BatchArena) -> ArenaSlice? {
        let start = arena.count
        switch cursor.next {
        case UInt8(ascii: "\""):
            guard !column.holdsJSON, cursor.take("\""), cursor.restOfString(into: &arena) else { return nil }
        case UInt8(ascii: "n"): return cursor.take("null") ? .null : nil
        case UInt8(ascii: "t"):
            guard cursor.take("true") else { return nil }
            append("true", to: &arena)
        case UInt8(ascii: "f"):
            guard cursor.take("false") else { return nil }
            append("false", to: &arena)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            guard let digits = cursor.number() else { return nil }
            arena.append(cursor.slice(digits))
        default: return nil
        }
        return arena.close(from: start)
    }

    private func append(_ word: StaticString, to arena: inout BatchArena) {
        arena.append(UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    }

    /// Where the row was found: only people need it, so it is checked and stepped over.
    private func takeOrigin(_ cursor: inout JSONCursor) -> Bool {
        guard cursor.take(#","origin":{"kind":"#), cursor.plainString() != nil, cursor.take(#","row":"#), cursor.take("null") || cursor.wholeNumber() != nil,
            cursor.take(#","cell":"#), cursor.skipTextOrNull(), cursor.take(#","version":"#), cursor.skipTextOrNull(), cursor.take(#","updated_at":"#),
            cursor.skipTextOrNull()
        else { return false }
        return cursor.take("}")
    }

    /// `record_key`, written after the values it is made of.
    private func keyText(of values: Range<Int>, in batch: inout ScannedBatch) -> ArenaSlice {
        batch.arena.reserve(values.reduce(1) { $0 + batch.fields[$1].length * 3 + 1 })
        let start = batch.arena.count
        for index in values {
            if index > values.lowerBound { batch.arena.append(UInt8(ascii: "/")) }
            RecordKeyText.append(batch.arena.bytes(batch.fields[index]), to: &batch.arena)
        }
        return batch.arena.close(from: start)
    }

    private func hexadecimal(_ digits: UnsafeRawBufferPointer) -> UInt64? {
        guard digits.count == 16 else { return nil }
        var value: UInt64 = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return value
    }
}
