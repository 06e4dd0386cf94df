import JSONText
import Mapping
import Pipelines
import TestSupport
import Testing

@Suite struct JSONRowPropertyTests {
    /// A leaf of a random object: the path to it, and the cell it must give.
    private struct Leaf {
        let path: String
        let kind: SourceRow.Kind
        let text: String
    }

    /// Grows a random object and, leaf by leaf, says where everything stands: no path is looked up to make the expectation.
    private struct Grower {
        var random: SeededGenerator
        var leaves: [Leaf] = []

        mutating func object(_ path: String, depth: Int) -> JSONValue {
            var object = JSONObject()
            for index in 0..<Int.random(in: 1...4, using: &random) {
                let name = ["amount", "データ", "a_\(index)", "id"][Int.random(in: 0...3, using: &random)] + "\(index)"
                object[name] = value(path.isEmpty ? name : "\(path).\(name)", depth: depth)
            }
            return .object(object)
        }

        mutating func value(_ path: String, depth: Int) -> JSONValue {
            switch depth > 0 ? Int.random(in: 0...7, using: &random) : Int.random(in: 3...7, using: &random) {
            case 0, 1: return object(path, depth: depth - 1)
            case 2: return .array((0..<Int.random(in: 1...3, using: &random)).map { value("\(path)[\($0)]", depth: depth - 1) })
            case 3:
                leaves.append(Leaf(path: path, kind: .empty, text: ""))
                return .null
            case 4:
                let flag = Bool.random(using: &random)
                leaves.append(Leaf(path: path, kind: .boolean, text: flag ? "true" : "false"))
                return .bool(flag)
            case 5:
                let text = ["", "x", "\"quoted\"\n", "日本\u{3000}語", "0042"][Int.random(in: 0...4, using: &random)]
                leaves.append(Leaf(path: path, kind: .text, text: text))
                return .string(text)
            default:
                let digits = String((0..<Int.random(in: 1...30, using: &random)).map { _ in Character(String(Int.random(in: 1...9, using: &random))) })
                let number = (Bool.random(using: &random) ? "-" : "") + digits + (Bool.random(using: &random) ? ".50" : "")
                leaves.append(Leaf(path: path, kind: .number, text: number))
                return .number(number)
            }
        }
    }

    @Test("every value of an object is the cell at its path, digit for digit, alone and in a list", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func values(seed: UInt64) throws {
        var grower = Grower(random: SeededGenerator(seed))
        let grown = grower.object("", depth: 4)
        let object = try JSONValue(parsing: line(grown))
        let leaves = grower.leaves
        var row = SourceRow()

        let alone = try JSONRowReader(columns: leaves.map { .init(try JSONPath(parsing: $0.path)) })
        #expect(try alone.rows(of: object, from: 7, &row) { check($0, leaves, number: 7) } == 1)

        // The same object as each element of a list, and what stands around the list.
        let count = Int.random(in: 0...5, using: &grower.random)
        let parent: JSONValue = ["rows": .array(Array(repeating: object, count: count)), "outer": object]
        let paths = leaves.map(\.path) + leaves.map { "^outer.\($0.path)" }
        let exploded = try JSONRowReader(each: try JSONPath(each: "rows"), columns: paths.map { .init(try JSONPath(parsing: $0)) })
        var told = 0
        let rows = try exploded.rows(of: parent, from: 1, &row) { row in
            told += 1
            check(row, leaves + leaves, number: told)
        }
        #expect(rows == count && told == count)
    }

    private func check(_ row: borrowing SourceRow, _ leaves: [Leaf], number: Int) {
        #expect(row.number == number)
        #expect(row.cells.count == leaves.count)
        for (index, leaf) in leaves.enumerated() {
            #expect(row.kind(index) == leaf.kind, "\(leaf.path)")
            #expect(row.text(index).utf8.elementsEqual(leaf.text.utf8), "\(leaf.path)")
        }
    }

    private func line(_ value: JSONValue) -> [UInt8] {
        var json = JSONWriter()
        json.value(value)
        return json.bytes
    }
}
