import JSONText
import Records
import TestSupport
import Testing

@testable import Extractor

@Suite struct ChangeLineTests {
    @Test(arguments: 1...100 as ClosedRange<UInt64>)
    func `a line is byte for byte what ChangeRecord writes`(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let stream = text(&random), pipeline = text(&random), at = "2026-11-21T02:28:00Z", kind = "csv"
        let run = Int64.random(in: 1...1_000_000, using: &random)
        var line = ChangeLine(pipeline: pipeline, stream: stream, run: run, sourceKind: kind, extractedAt: at)
        for _ in 0..<5 {
            let sequence = Records.Sequence(run: run, ordinal: .random(in: 1...UInt32.max, using: &random))
            var key = JSONObject()
            for column in 0..<Int.random(in: 1...3, using: &random) {
                key["column_\(column)"] = Bool.random(using: &random) ? .string(text(&random)) : .number(String(Int.random(in: 0...9999, using: &random)))
            }
            var fields = JSONObject()
            for column in 0..<Int.random(in: 0...5, using: &random) { fields["f\(column)"] = Bool.random(using: &random) ? .null : .string(text(&random)) }
            let row = Int.random(in: 1...9_999_999, using: &random), cell = text(&random), isPartial = Bool.random(using: &random)
            let record = ChangeRecord(
                pipeline: pipeline, stream: stream, sequence: sequence, key: key, fields: fields, isPartial: isPartial,
                origin: Origin(kind: kind, row: row, cell: cell), extractedAt: at)
            let keyBytes = JSONValue.object(key).line(), fieldBytes = JSONValue.object(fields.sortedByName()).line()
            let recordKey = Array(record.recordKey.text.utf8), hash = try #require(record.hash)
            line.upsert(
                sequence, recordKey: recordKey, key: keyBytes, fields: fieldBytes, hash: hash.rawValue, isPartial: isPartial, row: row, cell: cell)
            #expect(String(decoding: line.bytes, as: UTF8.self) == String(decoding: record.line(), as: UTF8.self))
            #expect(line.bytes == record.line())
            #expect(line.messageKey == Array(record.recordKey.messageKey(stream: stream).utf8))
            #expect(line.bytes.count <= line.bytesMax(recordKey: recordKey.count, key: keyBytes.count, fields: fieldBytes.count))
        }
    }

    private func text(_ random: inout SeededGenerator) -> String {
        let letters = ["a", "6", "買", "が", "か\u{3099}", "\"", "\\", "\n", "\u{1}", "/", "@", "%", "😀", " ", "\u{7f}", "\t"]
        return (0..<Int.random(in: 0...12, using: &random)).map { _ in letters.randomElement(using: &random) ?? "" }.joined()
    }
}
