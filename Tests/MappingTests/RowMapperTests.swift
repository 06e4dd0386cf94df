import JSONText
import Mapping
import Pipelines
import Records
import TestSupport
import Testing

@Suite struct RowMapperTests {
    private func mapper(key: [String] = ["id"], _ columns: [ColumnMapping]) throws -> RowMapper {
        let stream = StreamDefinition(name: "s", table: "t", key: key, columns: columns, place: somewhere)
        return RowMapper(stream: stream, header: try HeaderContract.resolve(columns.flatMap(\.from.headers), for: stream), zone: .utc)
    }
    private func column(_ name: String, _ type: FieldType = .text, _ onInvalid: OnInvalid = .reject, required: Bool = false) -> ColumnMapping {
        ColumnMapping(from: .header([name], occurrence: nil), to: name, type: type, isRequired: required, onInvalid: onInvalid, place: somewhere)
    }

    @Test func `fields are sorted by the bytes of their names, the key stands beside them, and the hash is theirs`() throws {
        var mapper = try mapper([column("z"), column("id", required: true), column("Ä"), column("a_b"), column("a", .integer), column("B\"")])
        var mapped = MappedRow()
        guard case .mapped = mapper.map(row(["1", "k", "2", .empty, "3", "q\"\n"]), into: &mapped) else {
            Issue.record("not mapped")
            return
        }
        let fields = #"{"B\"":"q\"\n","a":3,"a_b":null,"z":"1","Ä":"2"}"#
        #expect(String(decoding: mapped.fields, as: UTF8.self) == fields)
        #expect(String(decoding: mapped.key, as: UTF8.self) == #"{"id":"k"}"#)
        #expect(mapped.recordKey.text == "k")
        #expect(!mapped.isPartial)
        guard case .object(let object) = try JSONValue(parsing: mapped.fields) else {
            Issue.record("no object")
            return
        }
        #expect(mapped.hash == RowHash(of: object))
    }

    @Test(arguments: [
        (Cell.number("6666"), "6666"), (.text("6666"), "6666"), (.number("6666.0"), "6666"), (.text(" 6666\u{3000}"), "6666"), (.text("６６６６"), "6666"),
        (.number("9999.1"), "9999.1"), (.text("9999（9）"), "9999(9)"), (.text("業者51"), "業者51"), (.text("か\u{3099}"), "が"),
        (.number("6666", shown: "6,666"), "6666"),
        (.text("0066"), "0066"), (.text("a/b%c@d"), "a%2Fb%25c%40d"),
    ])
    func `one row has one key, however its cell was typed`(cell: Cell, expected: String) throws {
        var mapper = try mapper([column("id", required: true), column("a")])
        var mapped = MappedRow()
        guard case .mapped = mapper.map(row([cell, "x"]), into: &mapped) else {
            Issue.record("not mapped")
            return
        }
        #expect(mapped.recordKey.text.utf8.elementsEqual(expected.utf8))
        guard case .object(let key) = try JSONValue(parsing: mapped.key) else {
            Issue.record("no object")
            return
        }
        #expect(RecordKey(values: key.members.map { $0.value.keyText }) == mapped.recordKey)
    }

    @Test func `a key of several columns is theirs in the order of the key`() throws {
        var mapper = try mapper(key: ["n", "id"], [column("id", required: true), column("n", .integer, required: true), column("a")])
        var mapped = MappedRow()
        _ = mapper.map(row(["x/y", "５", "v"]), into: &mapped)
        #expect(String(decoding: mapped.key, as: UTF8.self) == #"{"n":5,"id":"x/y"}"#)
        #expect(mapped.recordKey.text == "5/x%2Fy")
        #expect(String(decoding: mapped.fields, as: UTF8.self) == #"{"a":"v"}"#)
    }

    @Test func `a row is blank when nothing mapped is in it but unticked boxes`() throws {
        var mapper = try mapper([column("id", required: true), column("a"), column("b", .boolean)])
        var mapped = MappedRow()
        for cells: [Cell] in [[], [.empty, .empty, .empty], [" ", "\u{3000}", .boolean(false)]] {
            guard case .blank = mapper.map(row(cells), into: &mapped) else {
                Issue.record("\(cells)")
                continue
            }
        }
        #expect(mapper.tallies.map(\.processed) == [0, 0, 0])
        for cells: [Cell] in [[.empty, "x"], [.empty, .empty, .boolean(true)], [.empty, .error("#N/A")]] {
            guard case .rejected(let rejection) = mapper.map(row(cells), into: &mapped) else {
                Issue.record("\(cells)")
                continue
            }
            #expect(rejection.first.rule == .keyBlank)
            #expect(mapped.recordKey.text == "")
        }
    }

    @Test func `every field that is wrong is told, in the order of the file, with its column, and the key is known`() throws {
        var mapper = try mapper([column("z", .date), column("id", required: true), column("a", .integer), column("n", required: true)])
        var mapped = MappedRow()
        guard case .rejected(let rejection) = mapper.map(row(["secret-1", "k", "secret-2", " "]), into: &mapped) else {
            Issue.record("not rejected")
            return
        }
        #expect(rejection.problems.map(\.field) == ["z", "a", "n"])
        #expect(rejection.problems.map(\.column) == [0, 2, 3])
        #expect(rejection.problems.map(\.rule) == [.notADate, .notANumber, .required])
        #expect(mapped.recordKey.text == "k")
        for problem in rejection.problems { #expect(!problem.description.contains("secret")) }
    }

    @Test func `onInvalid empties a field, keeps a text, or leaves a typed field to the target`() throws {
        var mapper = try mapper([column("id", required: true), column("a", .date, .null), column("b", .text, .keep), column("c", .date, .keep)])
        var mapped = MappedRow()
        guard case .mapped = mapper.map(row(["k", "未定", .error("#REF!"), "1/5"]), into: &mapped) else {
            Issue.record("not mapped")
            return
        }
        #expect(String(decoding: mapped.fields, as: UTF8.self) == ##"{"a":null,"b":"#REF!"}"##)
        #expect(mapped.isPartial)
        #expect(mapper.tallies.map(\.nulled) == [0, 1, 0, 0])
        #expect(mapper.tallies.map(\.kept) == [0, 0, 1, 1])
        #expect(mapper.tallies.map(\.broken) == [[:], [.notADate: 1], [.errorCell: 1], [.noYear: 1]])
        guard case .mapped = mapper.map(row(["k", "2025/1/5", "x", "2025/1/5"]), into: &mapped) else {
            Issue.record("not mapped")
            return
        }
        #expect(!mapped.isPartial)
    }

    @Test func `lengths are counted as PostgreSQL counts them`() throws {
        var one = try OneColumn(mapping(.text), limit: 5)
        for text in ["長長長長長", "長長長長長長", "abc", "e\u{301}e\u{301}e\u{301}", "🙂"] { _ = one.map(.text(text)) }
        #expect(one.tally.longestCharacters == 6)
        #expect(one.tally.longestBytes == 18)
        #expect(one.tally.overLimit == 2)
    }

    @Test func `only text that is no key is wanted as people see it`() throws {
        let mapper = try mapper([column("id", required: true), column("a"), column("b", .date), column("c")])
        #expect(mapper.columnsToShow == [1, 3])
    }
}
