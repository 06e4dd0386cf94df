import Books
import Mapping
import Pipelines
import Records
import TestSupport
import Testing
import Text

@testable import Extractor

/// What a read decides, against a model that holds every key whole. Few bits of fingerprint make keys coincide that would not in a lifetime.
@Suite struct PlanTests {
    struct Sheet {
        var rows: [[String]] = []
        var settled: [RecordKey: SuspectKeys.Settled] = [:]
        /// The fields asked for; nil: all.
        var fields: [String]?
    }

    @Test(
        "B23: every row of the source has one place in the plan, and every key that is gone is deleted", .tags(.property),
        arguments: 1...300 as ClosedRange<UInt64>)
    func plan(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let bits: UInt64 = [.max, 0xF, 0x3F][Int(seed % 3)]
        let fingerprints = random.next()
        let sheet = parted(try sheet(&random), bits: bits, seed: fingerprints)
        let stream = try read(sheet, bits: bits, seed: fingerprints)
        let model = try model(sheet)
        #expect(stream.plan == model.plan, "seed \(seed)")
        #expect(stream.plan.isBalanced)
        let absent = AbsentKeys(stream)
        let deleted = sheet.settled.compactMap { key, known in Array(key.text.utf8).withUnsafeBytes { absent.absent($0, known) } }
        #expect(Set(deleted) == model.deleted, "seed \(seed)")
        let suspect = sheet.settled.compactMap { key, known in Array(key.text.utf8).withUnsafeBytes { absent.absent($0, known, suspectOnly: true) } }
        #expect(stream.keys.absent() + suspect.count == model.deleted.count, "counted as the plan counts: seed \(seed)")
        #expect(stream.hasSuspectAbsences || suspect.isEmpty, "seed \(seed)")
        #expect(sheet.rows.indices.filter { stream.upserts[$0] } == model.sent, "seed \(seed)")
        #expect(sheet.rows.indices.filter { stream.partials[$0] } == model.partials, "seed \(seed)")
    }

    @Test("F1: every mapped field of every row that is not blank is processed", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func fields(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let sheet = try sheet(&random)
        let stream = try read(sheet, bits: .max, seed: seed)
        #expect(stream.fields.map(\.field) == ["id", "name", "born"])
        #expect(stream.fields.allSatisfy { $0.processed == stream.found }, "seed \(seed)")
        #expect(stream.plan.read == stream.found + stream.plan.blank)
    }

    @Test("F3: the error of a field names the field, its rule and its cell", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func errors(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let sheet = try sheet(&random)
        var stream = try read(sheet, bits: .max, seed: seed)
        var rejected = 0
        for (index, row) in sheet.rows.enumerated() {
            guard let refusal = stream.refusal(source(row, index), index: index, address: { "f:\(index)/\($0.map(String.init) ?? "")" }) else { continue }
            rejected += 1
            let failure = refusal.failure(pipeline: "p", stream: "s", run: 7, sourceKind: "csv", failedAt: "2026-01-01T00:00:00Z")
            let entries = refusal.entries(failure)
            #expect(Set(entries.map(\.id)).count == entries.count)
            #expect(entries.first?.id == failure.id)
            let codes = entries.map(\.code)
            if codes == ["duplicate_key"] { continue }
            let expected = [
                row[0].isEmpty ? ("id", "key_blank") : nil, row[1] == "?" ? ("name", "part_unread") : nil, row[2] == "3/14" ? ("born", "no_year") : nil,
            ].compactMap(\.self)
            #expect(entries.map(\.column) == expected.map(\.0), "seed \(seed)")
            #expect(codes == expected.map(\.1), "seed \(seed)")
            #expect(entries.map(\.cell) == expected.map { "f:\(index)/\(["id", "name", "born"].firstIndex(of: $0.0) ?? 9)" })
        }
        #expect(rejected == stream.plan.rejected + stream.plan.duplicate, "seed \(seed)")
    }

    // MARK: The trial

    private func stream() -> StreamDefinition {
        let place = FilePlace(file: "p.yaml", line: 1, column: 1)
        func column(_ name: String, _ type: FieldType, _ isRequired: Bool = false) -> ColumnMapping {
            ColumnMapping(from: .header([name], occurrence: nil), to: name, type: type, isRequired: isRequired, place: place)
        }
        return StreamDefinition(
            name: "s", table: "t", key: ["id"], columns: [column("id", .text, true), column("name", .text, true), column("born", .date)], place: place)
    }

    private func mapping(_ fields: [String]?) throws -> StreamMapping {
        try StreamMapping(stream(), header: ["id", "name", "born"], zone: .utc, fields: fields)
    }

    private func sheet(_ random: inout SeededGenerator) throws -> Sheet {
        var sheet = Sheet()
        sheet.fields = Int.random(in: 0...2, using: &random) == 0 ? ["name"] : nil
        var mapping = try mapping(sheet.fields)
        let keys = (0..<Int.random(in: 1...60, using: &random)).map { "k\($0)" } + ["か\u{3099}", "a/b", "100%"]
        for index in 0..<Int.random(in: 0...60, using: &random) {
            switch Int.random(in: 0...9, using: &random) {
            case 0: sheet.rows.append(["", "", ""])
            case 1: sheet.rows.append(["", "keyless", ""])
            case 2: sheet.rows.append([keys.randomElement(using: &random) ?? "", "n", "3/14"])
            case 3: sheet.rows.append([keys.randomElement(using: &random) ?? "", "?", "2025-01-02"])
            default: sheet.rows.append([keys.randomElement(using: &random) ?? "", ["x", "y"].randomElement(using: &random) ?? "", "2025-01-02"])
            }
            // Some of them are settled, with the hash of this content, of some of its fields, or of another.
            guard Bool.random(using: &random), !sheet.rows[index][0].isEmpty else { continue }
            _ = mapping.map(source(sheet.rows[index], index))
            let states: [KeyTable.Settled] = [
                [.landed, .comparable, .deletable], [.landed, .deletable], .deletable, [], [.landed, .deletable, .waits], [.deletable, .waits],
            ]
            sheet.settled[mapping.whole.recordKey] = SuspectKeys.Settled(
                hash: [mapping.whole.hash.rawValue, mapping.partialHash ?? mapping.whole.hash.rawValue, 1, 1].randomElement(using: &random) ?? 1,
                state: states.randomElement(using: &random) ?? [])
        }
        for number in 0..<Int.random(in: 0...20, using: &random) {
            sheet.settled[RecordKey(values: ["gone\(number)"])] = SuspectKeys.Settled(
                hash: 9, state: Bool.random(using: &random) ? [.landed, .comparable, .deletable] : [])
        }
        return sheet
    }

    private func source(_ cells: [String], _ index: Int) -> SourceRow {
        var row = SourceRow()
        row.begin(number: index + 2)
        for cell in cells {
            switch cell {
            case "": row.appendEmpty()
            case "?": row.appendAbsent()  // Of a part that could not be read; the column is required.
            default: row.append(.text, cell.utf8)
            }
        }
        return row
    }

    /// Takes out settled keys that meet exactly one other key of the source, in one row: what a run alone cannot see, and the next one,
    /// with other fingerprints, does.
    private func parted(_ sheet: Sheet, bits: UInt64, seed: UInt64) -> Sheet {
        let settled = settledRows(bits: bits, seed: seed)
        func fingerprint(_ key: RecordKey) -> UInt64 { max(Array(key.text.utf8).withUnsafeBytes { settled.fingerprint($0) }, 1) }
        let rows = sheet.rows.map { $0[0] }.filter { !$0.isEmpty }.map { RecordKey(values: [nfkc($0)]) }
        let met = Dictionary(grouping: rows, by: fingerprint), known = Dictionary(grouping: sheet.settled.keys, by: fingerprint)
        var parted = sheet
        for (fingerprint, keys) in known where keys.count == 1 && met[fingerprint]?.count == 1 && met[fingerprint]?.first != keys[0] {
            parted.settled[keys[0]] = nil
        }
        return parted
    }

    private func settledRows(bits: UInt64, seed: UInt64) -> SettledRows {
        SettledRows(pipeline: "p", stream: "s", table: "t", key: ["id"], seesTarget: true, seed: seed, fingerprintBits: bits)
    }

    /// The passes of a run, without their sources.
    private func read(_ sheet: Sheet, bits: UInt64, seed: UInt64) throws -> StreamReading {
        let settled = settledRows(bits: bits, seed: seed)
        var keys = KeyTable()
        for (key, known) in sheet.settled { _ = keys.settle(Array(key.text.utf8).withUnsafeBytes { settled.fingerprint($0) }, hash: known.hash, known.state) }
        let line = ChangeLine(pipeline: "p", stream: "s", run: 1, sourceKind: "csv", extractedAt: "")
        var stream = StreamReading(
            stream(), scope: RunScope(fields: sheet.fields), mapping: try mapping(sheet.fields), settled: settled, keys: keys, line: line,
            lineBytesMax: 1_000_000)
        for (index, row) in sheet.rows.enumerated() { stream.decide(source(row, index), index: index) }
        stream.finishTallies()
        for (index, row) in sheet.rows.enumerated() { stream.identify(source(row, index), index: index) }
        stream.settleSuspects(stream.suspectKeys.rows.keys.compactMap { key in sheet.settled[key].map { (key, $0) } })
        return stream
    }

    private func model(_ sheet: Sheet) throws -> (plan: StreamPlan, sent: [Int], partials: [Int], deleted: Set<RecordKey>) {
        var mapping = try mapping(sheet.fields), plan = StreamPlan(), sent: [Int] = [], partials: [Int] = [], rowsOf: [RecordKey: Int] = [:]
        let outcomes = sheet.rows.enumerated().map { index, row in (mapping.map(source(row, index)), mapping.whole, mapping.partialHash) }
        for (_, row, _) in outcomes where !row.recordKeyBytes.isEmpty { rowsOf[row.recordKey, default: 0] += 1 }
        for (index, (outcome, row, partialHash)) in outcomes.enumerated() {
            plan.read += 1
            if case .blank = outcome {
                plan.blank += 1
            } else if !row.recordKeyBytes.isEmpty, rowsOf[row.recordKey] ?? 0 > 1 {
                plan.duplicate += 1
            } else if case .rejected = outcome {
                plan.rejected += 1
            } else if let known = sheet.settled[row.recordKey], known.state.contains(.comparable),
                known.hash == row.hash.rawValue || known.hash == partialHash
            {
                plan.unchanged += 1
            } else if let known = sheet.settled[row.recordKey], known.state.contains(.waits), known.hash == row.hash.rawValue {
                plan.waiting += 1
            } else if !row.absentRequired.isEmpty, sheet.settled[row.recordKey]?.state.contains(.landed) != true {
                plan.rejected += 1  // It can be changed without the field, and not made.
            } else {
                plan.upserts += 1
                sent.append(index)
                if sheet.fields != nil, sheet.settled[row.recordKey]?.state.contains(.landed) == true { partials.append(index) }
            }
        }
        return (plan, sent, partials, Set(sheet.settled.filter { $0.value.state.contains(.deletable) && rowsOf[$0.key] == nil }.keys))
    }
}
