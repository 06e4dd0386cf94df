import Pipelines
import Testing

/// A source in parts and the columns it feeds are one agreement, checked when the file is read.
@Suite struct `A source in parts` {
    private let base = "{ part: a, base: true, key: id, table: d.t }"

    private func text(parts: String, columns: [String] = ["{ from: a.name, to: name, type: text }"], key: String = "a.id") -> String {
        """
        pipeline: p
        source: { kind: bigquery, project: p, location: US, timeZone: UTC, parts: [\(parts)] }
        streams:
          - stream: s
            table: s
            key: [id]
            columns:
              - { from: \(key), to: id, type: text, required: true }
        \(columns.map { "      - \($0)" }.joined(separator: "\n"))

        """
    }

    @Test(arguments: [
        ("{ part: a, key: id, table: d.t }", "0 of the 1 parts have `base: true`; expected exactly one"),
        ("{ part: a, base: true, key: id, table: d.t }, { part: b, base: true, key: id, table: d.t }", "2 of the 2 parts have `base: true`"),
        ("{ part: a, base: true, key: id, table: d.t }, { part: a, key: id, table: d.t }", "the part a stands in `parts` twice"),
        ("{ part: a, base: true, key: id }", "needs either `table`, as in dataset.table, or `query`"),
        ("{ part: a, base: true, key: id, table: d.t, query: SELECT 1 }", "needs either `table`"),
        ("{ part: a, base: true, key: id, query: SELECT 1, where: x }", "`where` and `newest` belong to `table`"),
        ("{ part: a, base: true, key: id, table: t }", "expected a table, as in dataset.table"),
        ("{ part: a, base: true, key: id, table: \"d.t` WHERE 1\" }", "expected a table, as in dataset.table"),
        ("{ part: a, base: true, table: d.t }", "the key `key` is missing"), ("{ part: A, base: true, key: id, table: d.t }", "expected a name of a-z"),
    ])
    func `is refused where its parts can't be right`(parts: String, expected: String) throws {
        let said = try problem(text(parts: parts))
        #expect(said.contains(expected), "\(said)")
    }

    @Test(arguments: [
        ("{ from: name, to: name, type: text }", "reads `name` in line 9; expected a part and a column of it, as in a.…, b.…"),
        ("{ from: c.name, to: name, type: text }", "reads `c.name` in line 9"), ("{ from: a., to: name, type: text }", "reads `a.` in line 9"),
        ("{ from: [a.name, { join: [b.x, y] }], to: name, type: text }", "reads `y` in line 9"),
        ("{ from: a.name, occurrence: 2, to: name, type: text }", "has `occurrence` in line 9; a part has each column once"),
    ])
    func `feeds only columns that name a part`(column: String, expected: String) throws {
        let said = try problem(text(parts: base + ", { part: b, key: id, table: d.u }", columns: [column]))
        #expect(said.contains(expected), "\(said)")
    }

    @Test func `gives keys from its base alone`() throws {
        let said = try problem(text(parts: base + ", { part: b, key: id, table: d.u }", key: "[a.id, b.id]"))
        #expect(said.contains("the key column id reads a.id, b.id in line 8; a key comes from the base, here a"))
    }

    @Test func `a list with a join is for parts, and in a sheet a list is other names for one header`() throws {
        let said = try problem(pipelineText(columns: ["{ from: [A, { join: [B, C] }], to: name, type: text }"]))
        #expect(said.contains("the column name has a `join` in a list in line 9"))
        let sheet = try PipelineFolder(["a.yaml": pipelineText(columns: ["{ from: [A, B], to: name, type: text }"])]).load()
        #expect(sheet[0].streams[0].columns[1].from == .header(["A", "B"], occurrence: nil))
    }

    @Test func `names of parts that begin alike are told apart`() throws {
        let folder = try PipelineFolder([
            "a.yaml": text(
                parts: base + ", { part: a-b, key: id, query: SELECT }", columns: ["{ from: [a.x.y, a-b.x], to: name, type: text }"])
        ])
        guard case .bigQuery(let source) = try folder.load()[0].source else { throw NoWarehouse() }
        #expect(source.parts.map(\.columns) == [["id", "x.y"], ["x"]])
    }

    private struct NoWarehouse: Error {}
}
