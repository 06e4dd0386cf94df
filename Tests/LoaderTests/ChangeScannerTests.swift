import JSONText
import Pipelines
import Records
import TestSupport
import Testing

@testable import Loader

@Suite struct ChangeScannerTests {
    private static let place = FilePlace(file: "test.yaml", line: 1, column: 1)
    private static let stream = StreamDefinition(
        name: "buyers", table: "buyers", key: ["buyer_number"],
        columns: [("buyer_number", .text), ("note", .text), ("call_date", .date), ("備考", .text), ("details", .json)].map { name, type in
            ColumnMapping(from: .header([name], occurrence: nil), to: name, type: type, place: ChangeScannerTests.place)
        }, place: ChangeScannerTests.place)

    private func scanner() -> ChangeScanner {
        ChangeScanner(pipeline: "buyers", layouts: [StreamLayout(ChangeScannerTests.stream)])
    }

    /// What a batch holds of its only change, in a form two ways can be compared by.
    private func contents(_ batch: borrowing ScannedBatch) -> [String] {
        batch.changes.indices.flatMap { place in
            let change = batch.changes[place]
            let fields = (0..<5).map { index in
                let field = batch.fields[change.firstField + index]
                return field.isAbsent ? "absent" : field.isNull ? "null" : "=" + batch.arena.string(field)
            }
            return fields + [
                "\(change.stream) \(change.sequence.rawValue) \(change.operation) \(change.isPartial) \(change.attempt) \(change.hash ?? 0)", batch.key(change),
                "\(batch.unmappedColumns[place] ?? "")",
            ]
        }
    }

    private func randomText(_ random: inout SeededGenerator) -> String {
        let pieces = ["a", "か\u{3099}", "が", "\n", "\"", "\\", "/", "@", "%", "\u{1}", "👪", " ", "null", "6666", "\u{2028}"]
        return (0..<Int.random(in: 0...6, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
    }

    private func randomChange(_ random: inout SeededGenerator) -> ChangeRecord {
        var fields = JSONObject()
        let values: [JSONValue] = [.null, .string(randomText(&random)), .number("-12.50"), .bool(true), .array([.number("1")]), .object(JSONObject())]
        for name in ["note", "call_date", "備考", "details", "unmapped"] where Bool.random(using: &random) { fields[name] = values.randomElement(using: &random) }
        return ChangeRecord(
            pipeline: "buyers", stream: "buyers", sequence: Sequence(run: Int64.random(in: 1...9, using: &random), ordinal: 7),
            operation: Bool.random(using: &random) ? .upsert : .delete, key: ["buyer_number": .string(randomText(&random))], fields: fields,
            isPartial: Bool.random(using: &random), origin: Origin(kind: "csv", row: 3, cell: randomText(&random)),
            attempt: Int.random(in: 1...3, using: &random), extractedAt: "2026-11-21T00:00:00Z")
    }

    @Test("the quick scan and the complete parser read the same change, or both refuse", .tags(.property), arguments: 1...300 as ClosedRange<UInt64>)
    func quickScanAgreesWithCompleteParser(seed: UInt64) {
        var random = SeededGenerator(seed)
        var line = randomChange(&random).line()
        for _ in 0..<[0, 0, 1, 3].randomElement(using: &random)! where !line.isEmpty {
            let place = Int.random(in: 0..<line.count, using: &random)
            switch Int.random(in: 0...3, using: &random) {
            case 0: line[place] = UInt8.random(in: 0...255, using: &random)
            case 1: line.remove(at: place)
            case 2: line.insert(Array("\"\\{}[],:0 ".utf8).randomElement(using: &random)!, at: place)
            default: line.append(contentsOf: line[place...].prefix(20))
            }
        }
        var quick = ScannedBatch()
        var isQuick = false
        var scanner = scanner()
        line.withUnsafeBytes { bytes in isQuick = (try? scanner.scanUsual(bytes, into: &quick)) ?? false }
        var complete = ScannedBatch()
        let record = try? ChangeRecord(parsing: line)
        var isComplete = false
        if let record {
            do {
                try scanner.append(record, to: &complete)
                isComplete = true
            } catch {}
        }
        guard isQuick else {
            #expect(quick.changes.isEmpty && quick.fields.count == 0 && quick.arena.count == 0)
            return
        }
        #expect(isComplete, "seed \(seed): the quick scan took what the parser refuses")
        #expect(contents(quick) == contents(complete), "seed \(seed)")
    }

    @Test func `the record the extractor writes is read by the quick scan, in all three states of a field`() throws {
        let record = ChangeRecord(
            pipeline: "buyers", stream: "buyers", sequence: Sequence(run: 42, ordinal: 4120), key: ["buyer_number": "66/6"],
            fields: ["note": "two\nlines", "call_date": nil], origin: Origin(kind: "google-sheets", row: 4120, cell: "買主リスト!A4120"),
            extractedAt: "2026-11-21T02:28:00Z")
        var batch = ScannedBatch()
        var scanner = scanner()
        let isQuick = try record.line().withUnsafeBytes { try scanner.scanUsual($0, into: &batch) }
        #expect(isQuick)
        let change = try #require(batch.changes.first)
        #expect(batch.key(change) == "66%2F6")
        #expect(change.hash == record.hash?.signed)
        // Columns: the key, then by name: call_date, details, note, 備考.
        #expect(batch.fields[1].isNull)
        #expect(batch.fields[2].isAbsent)
        #expect(batch.arena.string(batch.fields[3]) == "two\nlines")
        #expect(batch.fields[4].isAbsent)
    }
}
