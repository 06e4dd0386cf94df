import Mapping
import Pipelines
import TestSupport
import Testing

/// A column of a source in parts: the first alternative that holds anything, and nothing at all where nobody can say.
@Suite struct `A list tried by value` {
    /// `[A, B, { join: [C, D] }]` over cells in this order.
    private static let origin = ColumnOrigin.firstValue([ColumnChoice(["A"]), ColumnChoice(["B"]), ColumnChoice(["C", "D"], separator: " ")])

    private func map(_ cells: [Cell], _ type: FieldType = .text, _ change: (inout ColumnOptions) -> Void = { _ in }) throws -> (text: String, row: MappedRow) {
        let column = mapping(type) { options in
            options.from = Self.origin
            change(&options)
        }
        var one = try OneColumn(column), mapped = MappedRow()
        switch one.mapper.map(row(["k"] + cells), into: &mapped) {
        case .mapped: return (String(decoding: mapped.fields, as: UTF8.self), mapped)
        case .blank: return ("blank", mapped)
        case .rejected(let rejection): return (rejection.problems.map { "\($0.header) \($0.rule.rawValue)" }.joined(separator: " "), mapped)
        }
    }

    @Test(
        arguments: [
            (["a", "b", "c", "d"], #"{"v":"a"}"#), ([.empty, "b", "c", "d"], #"{"v":"b"}"#), ([" ", "null", "c", "d"], #"{"v":"c d"}"#),
            ([.empty, .empty, .empty, "d"], #"{"v":"d"}"#), ([.empty, .empty, .empty, .empty], #"{"v":null}"#), ([.number("0"), "b", "c", "d"], #"{"v":"0"}"#),
        ] as [([Cell], String)])
    func `gives the first that holds anything, and else null`(cells: [Cell], expected: String) throws {
        let mapped = try map(cells)
        #expect(mapped.text == expected && !mapped.row.isPartial && mapped.row.absentRequired.isEmpty)
    }

    /// Invariant 6: were it null, a part that could not be read would erase what another run brought; were the lower one taken, it would replace it.
    @Test(
        arguments: [
            [.absent, "b", "c", "d"], [.empty, .absent, "c", "d"], [.empty, .empty, .absent, "d"], [.empty, .empty, "c", .absent],
            [.absent, .absent, .absent, .absent],
        ] as [[Cell]])
    func `says nothing where an alternative before the first value is unknown`(cells: [Cell]) throws {
        let mapped = try map(cells)
        #expect(mapped.text == "{}" && mapped.row.isPartial && mapped.row.absentRequired.isEmpty)
        #expect(try map(cells) { $0.isRequired = true }.row.absentRequired == [1])
        #expect(try map(cells) { $0.fallback = "x" }.text == "{}", "a default is for what is blank")
    }

    @Test func `does not mind what is unknown behind the first value`() throws {
        #expect(try map(["a", .absent, .absent, .absent]).text == #"{"v":"a"}"#)
        #expect(try map([.empty, "b", .absent, .absent]).row.isPartial == false)
    }

    @Test func `is refused with the header of the cell that broke the rule`() throws {
        #expect(try map([.empty, "x", .empty, .empty], .integer).text == "B not_a_number")
        #expect(try map([.empty, "no@mail", .empty, .empty]) { ($0.format, $0.onInvalid) = (.email, .keep) }.text == #"{"v":"no@mail"}"#)
    }

    @Test func `needs only one of its columns to exist, and a column that is not required none`() throws {
        func resolve(_ header: [String], required: Bool) throws -> ResolvedHeader {
            let key = ColumnMapping(from: .header(["id"], occurrence: nil), to: "id", type: .text, isRequired: true, place: somewhere)
            let column = mapping(.text) { ($0.from, $0.isRequired) = (Self.origin, required) }
            return try HeaderContract.resolve(header, for: StreamDefinition(name: "s", table: "t", key: ["id"], columns: [key, column], place: somewhere))
        }
        let some = try resolve(["id", "D", "B"], required: true)
        #expect(some.columns[1].choices.map(\.cells) == [[2], [1]])
        let none = try resolve(["id"], required: false)
        #expect(none.columns.count == 1 && none.unfed.map(\.to) == ["v"])
        let error = #expect(throws: HeaderError.self) { try resolve(["id"], required: true) }
        #expect(error?.problems.first?.description.contains(#"no header "A" nor "B" nor "C" nor "D""#) == true)
        #expect(some.fingerprint == none.fingerprint, "a column that comes or goes there is no other table")
    }

    /// The rule in one line: what stands before the first value decides.
    @Test("Of alternatives the first value wins unless something unknown stands before it", .tags(.property), arguments: 1...200 as ClosedRange<UInt64>)
    func order(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let cells = (0..<4).map { place -> Cell in [.empty, .absent, .text("v\(place)"), .text(" ")][Int.random(in: 0..<4, using: &random)] }
        func text(_ place: Int) -> String? { if case .text(let text) = cells[place], text != " " { text } else { nil } }
        func isUnknown(_ place: Int) -> Bool { if case .absent = cells[place] { true } else { false } }
        let values = [text(0), text(1), [text(2), text(3)].compactMap(\.self).joined(separator: " ")].map { $0?.isEmpty == true ? nil : $0 }
        let unknown = [isUnknown(0), isUnknown(1), isUnknown(2) || isUnknown(3)]
        let firstValue = values.indices.first { values[$0] != nil && !unknown[$0] } ?? 3, firstUnknown = unknown.firstIndex(of: true) ?? 3
        let expected = firstUnknown < firstValue ? "{}" : firstValue < 3 ? #"{"v":"\#(values[firstValue] ?? "")"}"# : #"{"v":null}"#
        #expect(try map(cells).text == expected, "seed \(seed)")
    }
}
