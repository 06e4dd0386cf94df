import JSONText
import Records
import TestSupport

/// Records as odd as sheets can make them, from a seed.
struct RandomRecords {
    var generator: SeededGenerator

    init(_ seed: UInt64) { generator = SeededGenerator(seed) }

    mutating func text() -> String {
        let pieces = [
            "", "a", "\"", "\\", "\n", "\r\n", "\u{0}", "\u{1F}", "/", "%", "@", "山田", "が", "か\u{3099}", "👨‍👩‍👧", "\u{FEFF}", "é", "e\u{301}", "１２", "=1+1", " ",
        ]
        return (0..<Int.random(in: 0...6, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
    }

    mutating func value(depth: Int = 0) -> JSONValue {
        switch Int.random(in: 0..<(depth > 1 ? 5 : 7), using: &generator) {
        case 0: .null
        case 1: .bool(Bool.random(using: &generator))
        case 2: .number(["0", "-0", "1.10", "1e400", "12345678901234567890", "-7"].randomElement(using: &generator) ?? "0")
        case 3, 4: .string(text())
        case 5: .array((0..<Int.random(in: 0...3, using: &generator)).map { _ in value(depth: depth + 1) })
        default: .object(object(depth: depth + 1))
        }
    }

    mutating func object(depth: Int = 0, atLeast: Int = 0) -> JSONObject {
        var object = JSONObject()
        for index in 0..<Int.random(in: atLeast...(atLeast + 5), using: &generator) { object["\(text())\(index)"] = value(depth: depth) }
        return object
    }

    mutating func origin() -> Origin {
        Origin(
            kind: "csv", row: Bool.random(using: &generator) ? Int.random(in: 1...9999, using: &generator) : nil,
            cell: Bool.random(using: &generator) ? text() : nil, version: Bool.random(using: &generator) ? text() : nil)
    }

    mutating func change() -> ChangeRecord {
        let isDelete = Int.random(in: 0..<5, using: &generator) == 0
        return ChangeRecord(
            pipeline: text(), stream: text(),
            sequence: Sequence(run: Int64.random(in: 0...0x7FFF_FFFF, using: &generator), ordinal: UInt32.random(in: 1...UInt32.max, using: &generator)),
            operation: isDelete ? .delete : .upsert, key: object(atLeast: 1), fields: isDelete ? JSONObject() : object(),
            isPartial: Bool.random(using: &generator), origin: origin(), attempt: Int.random(in: 1...4, using: &generator), extractedAt: "2026-11-21T02:28:00Z")
    }

    mutating func failure() -> FailureRecord {
        let change = change()
        let isRow = Bool.random(using: &generator)
        return FailureRecord(
            pipeline: change.pipeline, stream: change.stream, recordKey: isRow ? nil : change.recordKey, run: change.run,
            sequence: isRow ? nil : change.sequence, attempt: change.attempt, category: "data_type", code: "22007",
            column: Bool.random(using: &generator) ? text() : nil, message: text(), origin: change.origin,
            position: isRow ? nil : .init(topic: text(), partition: 3, offset: Int64.max, generation: 2),
            subject: isRow ? .row(value()) : .change(change), failedAt: "2026-11-21T02:28:00Z")
    }
}
