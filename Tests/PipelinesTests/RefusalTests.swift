import Testing

/// What a file says wrongly is told with its line, its key, what was got, and what was expected.
@Suite struct RefusalTests {
    @Test(arguments: [
        ("detect: timestamp", "`detect` is not yet supported here; what is accepted now is `detect: hash`"),
        ("detect: version", "`detect: hash`"), ("detect: rebuild", "`detect: hash`"), ("track: changed", "`track: none`"),
        ("track: [name]", "`track: none`"), ("history: true", "`history: false`"), ("onConflict: hold", "`onConflict: source`"),
        ("each: line_items", "leave the key out"),
        ("parts: [a]", "leave the key out"),
    ])
    func `what later work builds is refused, and what is accepted now is said`(line: String, expected: String) throws {
        let said = try problem(pipelineText(stream: line))
        #expect(said.hasPrefix("a.yaml:7:"), "\(said)")
        #expect(said.contains(expected), "\(said)")
    }

    @Test(arguments: ["detect: hash", "track: none", "history: false", "onConflict: source"])
    func `what happens anyway may be written down`(line: String) throws { #expect(try problem(pipelineText(stream: line)) == "") }

    @Test(arguments: [
        ("owner: merge", "`owner: source`"), ("owner: database", "`owner: source`"), ("track: all", "`track: none`"), ("each: items", "leave the key out"),
        ("ownr: merge", "unknown key `ownr`; did you mean `owner`?"), ("format: mail", "expected email | phone, got `mail`"),
        ("onInvalid: drop", "expected reject | null | keep, got `drop`"), ("values: { 済: true }", "`values` belongs to `type: boolean`"),
        ("occurrence: 0", "`occurrence` is 0; expected a number from 1 on"), ("default: \"\"", "expected a text that is not empty"),
        ("tiers: [{ from: many, label: A }]", "expected a number, as in 50000 or 0.5, got `many`"),
        ("required: yes", "expected true or false, got `yes`"), ("required: true, onInvalid: null", "`required` needs a value"),
    ])
    func `a column says one thing wrong`(member: String, expected: String) throws {
        let said = try problem(pipelineText(columns: ["{ from: Name, to: name, type: text, \(member) }"]))
        #expect(said.hasPrefix("a.yaml:9:") && said.contains(expected), "\(said)")
    }

    @Test(arguments: [
        ("{ from: Name, to: id, type: text }", "the column id is mapped twice, in lines 8 and 9"),
        ("{ from: Name, to: synced_at, type: timestamp }", "the loader sets it whenever it writes the row"),
        ("{ from: Name, to: name, type: string }", "expected text | integer | decimal | boolean | date | time | timestamp | json, got `string`"),
        ("{ from: Name, to: name, type: date, trim: true }", "belong to `type: text`"),
        ("{ from: { join: [Name] }, to: name, type: text }", "expected at least two headers to join"),
        ("{ from: [], to: name, type: text }", "expected a header, a list of headers"),
        ("{ to: name, type: text }", "the key `from` is missing"),
        ("{ from: Name, to: n\(String(repeating: "a", count: 63)), type: text }", "expected a column name of 1 to 63 bytes"),
        ("{ from: { join: [A, B] }, occurrence: 1, to: name, type: text }", "beside a `from` that is a header"),
        ("{ from: A, to: b, type: boolean, values: { x: 1 } }", "expected true or false, got `1`"),
    ])
    func `a column that can't be is refused`(column: String, expected: String) throws {
        let said = try problem(pipelineText(columns: [column]))
        #expect(said.contains(expected), "\(said)")
    }

    @Test(arguments: [
        ("[]", "`key` is empty"), ("[id, id]", "stands in `key` twice"), ("[name]", "may be blank; write `required: true` in line 9"),
        ("id", "expected a list"),
    ])
    func `a key finds each row again or is refused`(key: String, expected: String) throws {
        #expect(try problem(pipelineText(key: key)).contains(expected))
    }

    @Test(arguments: [
        ("{ from: N, to: n, type: boolean, required: true }", "a key is text, integer or date"),
        ("{ from: N, to: n, type: text, required: true, default: x }", "rows without a key of their own would become one row"),
        ("{ from: N, to: n, type: text, required: true, onInvalid: keep }", "rows without a key of their own would become one row"),
    ])
    func `a key column that is never itself is refused`(column: String, expected: String) throws {
        #expect(try problem(pipelineText(key: "[n]", columns: [column])).contains(expected))
    }

    @Test(arguments: [
        ("{ kind: bigquery, project: p, location: US }", "the key `parts` is missing"),
        (
            "{ kind: bigquery, project: \"p\\r\\n\", location: US, parts: [{ part: a, base: true, key: k, table: d.t }] }",
            "expected a Google Cloud project's id"
        ),
        ("{ kind: square }", "the stream customers has no `feed`"), ("{ kind: square, rate: 0 }", "expected a number of requests a minute from 1 to 6000"),
        ("{ kind: excel }", "expected csv | google-sheets | bigquery | square, got `excel`"), ("{ kind: csv }", "the key `path` is missing"),
        ("{ kind: csv, path: a.csv, timeZone: Asia/Tokio }", "the time zone `Asia/Tokio` is not known here"),
        ("{ kind: csv, path: a.csv, timeZone: ../etc/passwd }", "is no time zone"),
        ("{ kind: csv, path: a.csv, headerRow: 0 }", "expected a row number from 1 on"),
        ("{ kind: csv, path: a.csv, delimiter: \";;\" }", "expected one of"), ("{ kind: csv, path: a.csv, encoding: latin1 }", "shift_jis, got `latin1`"),
        ("{ kind: google-sheets, spreadsheet: \"https://docs.google.com/x\", sheet: A }", "the part of its address between /d/ and /edit"),
        ("{ kind: google-sheets, spreadsheet: abc, sheet: A, endpoint: localhost }", "expected an address"),
    ])
    func `a source that can't be read is refused`(source: String, expected: String) throws {
        let said = try problem(pipelineText(source: source))
        #expect(said.hasPrefix("a.yaml:2:") && said.contains(expected), "\(said)")
    }

    @Test func `dates need a zone, and none is guessed`() throws {
        let column = "{ from: Day, to: day, type: date }"
        let said = try problem(pipelineText(source: "{ kind: csv, path: a.csv }", columns: [column]))
        #expect(said.contains("the key `timeZone` is missing; the column day is a date"), "\(said)")
        #expect(try problem(pipelineText(source: "{ kind: csv, path: a.csv }")) == "")
    }

    @Test(arguments: [
        ("schedule: { every: 10 }", "as in 90s, 10m or 2h, got `10`"), ("schedule: { every: 0m }", "expected a length of time"),
        ("schedule: { daily: \"5:30\", timeZone: UTC }", "a time of day in quotes"), ("schedule: { daily: \"05:30\" }", "expected { every: 10m } or"),
        ("schedule: daily", "expected { every: 10m } or"), ("alerts: { errorRate: 5 }", "a percentage from 0% to 100%"),
        ("alerts: { errorRate: 101% }", "a percentage"), ("alerts: { to: [email] }", "not yet supported; write `to: [console]`"),
        ("alerts: { missing: -1 }", "expected a number from 0 on"), ("retry: { after: [] }", "`after` has 0 delays; expected 1 to 20"),
        ("retry: { after: [0s] }", "a length of time"),
        ("verify: { after: everyRun }", "what is accepted now is `verify: none`"), ("colour: red", "unknown key `colour`"),
    ])
    func `the rest of a file says one thing wrong`(line: String, expected: String) throws {
        let said = try problem(pipelineText(rest: line))
        #expect(said.hasPrefix("a.yaml:10:") && said.contains(expected), "\(said)")
    }

    @Test(arguments: [
        ("deletes: { mode: soft }", "the key `column` is missing; a soft delete sets a timestamptz column"),
        ("deletes: { mode: hard, column: gone }", "`column` belongs to `mode: soft`"), ("deletes: { mode: soft, column: name }", "is mapped in line 10"),
        ("guards: { shrink: half }", "a percentage from 0% to 100%"), ("guards: { shrinks: 5% }", "did you mean `shrink`?"),
        ("batch: 0", "expected a number of rows from 1 to 1000"),
    ])
    func `deletes, guards and batches are checked`(line: String, expected: String) throws {
        #expect(try problem(pipelineText(stream: line)).contains(expected))
    }

    @Test(arguments: [("Customers", "a-z"), ("a.b", "a-z"), ("\"\"", "a-z"), (String(repeating: "a", count: 61), "at most 60")])
    func `a name that no topic can carry is refused`(name: String, expected: String) throws {
        #expect(try problem(pipelineText(name: name)).contains(expected))
    }
}
