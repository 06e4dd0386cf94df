import JSONText
import Mapping
import Pipelines
import Records
import TestSupport
import Testing

/// What the users were promised of every field, whatever the pipeline and whatever stands in the cells.
@Suite struct FieldPropertyTests {
    private func mapper(key: [String] = ["id"], _ columns: [ColumnMapping]) throws -> RowMapper {
        let stream = StreamDefinition(name: "s", table: "t", key: key, columns: columns, place: somewhere)
        return RowMapper(stream: stream, header: try HeaderContract.resolve(columns.flatMap(\.from.headers), for: stream), zone: .utc)
    }
    private func column(_ name: String, _ type: FieldType = .text, _ onInvalid: OnInvalid = .reject, required: Bool = false) -> ColumnMapping {
        ColumnMapping(from: .header([name], occurrence: nil), to: name, type: type, isRequired: required, onInvalid: onInvalid, place: somewhere)
    }

    @Test("F1: every mapped field of every row that is not blank is processed and shown", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func coverage(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let types = (0..<Int.random(in: 1...12, using: &random)).map { _ in FieldType.allCases.randomElement(using: &random) ?? .text }
        let columns = types.enumerated().map { column("c\($0)", $1, OnInvalid.allCases.randomElement(using: &random) ?? .null) }
        var mapper = try mapper([column("id", required: true)] + columns.shuffled(using: &random))
        var mapped = MappedRow()
        var rows = 0
        for number in 0..<20 {
            let key: Cell = Int.random(in: 0..<5, using: &random) == 0 ? .empty : .text("\(number)")
            let cells = [key] + types.map { _ in randomCell(&random) }
            switch mapper.map(row(cells), into: &mapped) {
            case .blank: continue
            case .rejected(let rejection):
                rows += 1
                // F3: each names its field.
                for problem in rejection.problems { #expect(mapper.tallies.contains { $0.field == problem.field && $0.rejected > 0 }) }
            case .mapped:
                rows += 1
                guard case .object(let object) = try JSONValue(parsing: mapped.fields) else {
                    Issue.record("no object")
                    continue
                }
                let names = object.members.map(\.name)
                #expect(names == names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
                #expect(mapped.isPartial ? names.count < columns.count : names.count == columns.count)
                #expect(mapped.hash == RowHash(of: object))
            }
        }
        #expect(mapper.tallies.count == columns.count + 1)
        for tally in mapper.tallies {
            #expect(tally.processed == rows)
            #expect(tally.broken.values.reduce(0, +) == tally.nulled + tally.kept + tally.rejected)
            #expect(tally.empty + tally.nulled + tally.kept <= tally.processed)
        }
    }

    @Test(
        "a cell in the form its type is carried in goes the short way, to what the rules make of it", .tags(.property),
        arguments: 1...300 as ClosedRange<UInt64>)
    func carriedForm(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let type = [FieldType.text, .integer, .decimal, .boolean, .date].randomElement(using: &random) ?? .text
        let words = BooleanWords(isTrue: ["済", "Yes", "1", "null", "#N/A", "verylongword"], isFalse: ["未", "no", "0"])
        let column = ColumnMapping(
            from: .header(["v"], occurrence: nil), to: "v", type: type, values: Bool.random(using: &random) ? words : nil, place: somewhere)
        let id = self.column("id", required: true)
        var (short, long) = (try mapper([id, column]), try mapper([id, column]))
        var (shortRow, longRow) = (MappedRow(), MappedRow())
        let pieces = [
            "-", "0", "00", "1", "12", "9999999", "999999999999999999", ".", ".0", ".50", "2025", "-02", "-2", "-30", "-29", "e", "true", "FALSE", "Yes", "no",
            "null", "#N/A", "済",
        ]
        for _ in 0..<20 {
            let text = (0...Int.random(in: 0...4, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            if ["null", "#N/A"].contains(text) { continue }  // White space makes another word of these.
            let shortOutcome = short.map(row(["k", .text(text)]), into: &shortRow)
            // White space sends a typed cell through the rules; a text stays as it is, so its long way is that of a number's shown text.
            let longOutcome = long.map(row(["k", type == .text ? .number("1", shown: text) : .text(text + " ")]), into: &longRow)
            #expect("\(shortOutcome)" == "\(longOutcome)", "\(type) \(text)")
            if case .mapped = shortOutcome {
                #expect(String(decoding: shortRow.fields, as: UTF8.self) == String(decoding: longRow.fields, as: UTF8.self), "\(type) \(text)")
            }
        }
        let (a, b) = (short.tallies[1], long.tallies[1])
        #expect((a.processed, a.rejected, a.empty) == (b.processed, b.rejected, b.empty))
        #expect((a.wholeDigits, a.fractionDigits, a.nulled) == (b.wholeDigits, b.fractionDigits, b.nulled))
        if type != .text { #expect((a.longestBytes, a.longestCharacters) == (b.longestBytes, b.longestCharacters)) }
        #expect(a.coercions.first { $0.rule == .word }?.cells == b.coercions.first { $0.rule == .word }?.cells)
    }

    private func randomCell(_ random: inout SeededGenerator) -> Cell {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: .empty
        case 1: .number("\(Int.random(in: -5...60_000, using: &random))")
        case 2: .boolean(Bool.random(using: &random))
        case 3: .error("#N/A")
        case 4: .text(["2025/3/14", "1/5", "14:30", "2380万円", "true", "null", " ", "{}"].randomElement(using: &random) ?? "")
        default: .text(String((0..<Int.random(in: 0...20, using: &random)).map { _ in "aé長🙂\"\\\n1/:".randomElement(using: &random) ?? "a" }))
        }
    }

    @Test("F3: the error of a field names the field, its header and its rule, never its value", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func names(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let types: [FieldType] = [.integer, .decimal, .boolean, .date, .time, .timestamp, .json]
        let columns = types.map { column("\($0.rawValue)_field", $0) }.shuffled(using: &random)
        let bad = Set((0..<Int.random(in: 1...types.count, using: &random)).map { _ in Int.random(in: columns.indices, using: &random) })
        var mapper = try mapper([column("id", required: true)] + columns)
        var mapped = MappedRow()
        let cells: [Cell] = columns.indices.map { bad.contains($0) ? .text("mälvalue\(seed)") : .empty }
        let outcome = mapper.map(row([.text("k")] + cells), into: &mapped)
        guard case .rejected(let rejection) = outcome else {
            Issue.record("not rejected")
            return
        }
        #expect(rejection.problems.map(\.field) == bad.sorted().map { columns[$0].to })
        for problem in rejection.problems {
            #expect(problem.description.hasPrefix("\(problem.field) (\"\(problem.header)\"): "))
            #expect(!problem.description.contains("mälvalue"))
        }
    }
}
