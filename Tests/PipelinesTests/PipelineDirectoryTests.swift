import Pipelines
import Testing

@Suite struct PipelineDirectoryTests {
    @Test func `a whole file is read as it is written`() throws {
        let text = """
            pipeline: buyers
            schedule: { every: 10m }
            source: { kind: google-sheets, spreadsheet: "${SHEET}", sheet: 買主リスト, headerRow: 2, timeZone: Asia/Tokyo }
            streams:
              - stream: buyers
                table: sales.buyers
                key: [number]
                detect: hash
                batch: 50
                columns:
                  - { from: 買主番号, to: number, type: text, required: true }
                  - { from: "★最新状況\\n", to: status, type: text, trim: true, onInvalid: keep }
                  - { from: [受付日, 反響日], to: received, type: date, onInvalid: null }
                  - { from: 過去内覧, occurrence: 2, to: past, type: text, owner: source }
                  - { from: { join: [姓, 名], separator: "　" }, to: name, type: text, default: 氏名未入力 }
                  - { from: 削除, to: is_deleted, type: boolean, values: { 済: true, 未: false } }
                  - { from: GMV, to: tier, type: text, tiers: [{ from: 50000, label: Bronze }, { label: S }] }
                deletes: { mode: soft, column: deleted_at }
                guards: { shrink: 40%, deletes: 2.5% }
                track: none
                history: false
            alerts: { missing: 3, errorRate: 1%, slow: 5m, stale: 1h, to: [console] }
            retry: { after: [1m, 5m, 15m] }
            verify: none
            """
        let folder = try PipelineFolder(["buyers.yaml": text], environment: ["SHEET": "1AbC-x_9"])
        let pipeline = try #require(try folder.load().first)
        #expect(pipeline.name == "buyers")
        #expect(pipeline.schedule == .every(.seconds(600)))
        #expect(
            pipeline.source == .googleSheets(GoogleSheetsDefinition(spreadsheet: "1AbC-x_9", sheet: "買主リスト", headerRow: 2, timeZone: "Asia/Tokyo")))
        #expect(pipeline.alerts == AlertThresholds(missing: 3, errorRate: .whole(1), slow: .seconds(300), stale: .seconds(3600), to: [.console]))
        let stream = try #require(pipeline.stream(named: "buyers"))
        #expect(stream.table == "sales.buyers")
        #expect(stream.key == ["number"])
        #expect(stream.batch == 50)
        #expect(stream.deletes == .soft(column: "deleted_at"))
        #expect(stream.guards == Guards(shrink: .whole(40), deletes: Percentage(hundredths: 250)))
        #expect(stream.columns.map(\.to) == ["number", "status", "received", "past", "name", "is_deleted", "tier"])
        #expect(stream.columns[1].from == .header(["★最新状況\n"], occurrence: nil))
        #expect(stream.columns[1].trims && stream.columns[1].onInvalid == .keep)
        #expect(stream.columns[2].from == .header(["受付日", "反響日"], occurrence: nil))
        #expect(stream.columns[2].onInvalid == .null)
        #expect(stream.columns[3].from == .header(["過去内覧"], occurrence: 2))
        #expect(stream.columns[4].from == .joined(["姓", "名"], separator: "\u{3000}"))
        #expect(stream.columns[4].fallback == "氏名未入力")
        #expect(stream.columns[5].values == BooleanWords(isTrue: ["true", "済"], isFalse: ["false", "未"]))
        #expect(stream.columns[6].tiers == [Tier(from: "50000", label: "Bronze"), Tier(from: nil, label: "S")])
        #expect(stream.columns[6].place.line == 17)
    }

    @Test func `a file of few lines takes the usual values for the rest`() throws {
        let pipeline = try #require(try PipelineFolder(["a.yaml": pipelineText()]).load().first)
        #expect(pipeline.schedule == nil)
        #expect(pipeline.source == .csv(CSVDefinition(path: "customers.csv", timeZone: "Asia/Tokyo")))
        #expect(pipeline.alerts == .standard)
        #expect(pipeline.streams[0].deletes == .ignore)
        #expect(pipeline.streams[0].guards == .standard)
        #expect(pipeline.streams[0].batch == 100)
    }

    @Test func `each file's problem is told, and one that was not asked for stops nobody`() throws {
        let folder = try PipelineFolder([
            "a.yaml": pipelineText(name: "good"), "b.yaml": pipelineText(name: "unset", source: "{ kind: csv, path: \"${NOT_SET}\" }", table: "b"),
            "c.yaml": pipelineText(name: "wrong", table: "c", key: "[idd]"),
        ])
        let all = folder.problems()
        #expect(all.count == 2)
        #expect(all[0] == "b.yaml:2:28: source.path: the environment variable NOT_SET is not set")
        #expect(all[1].hasPrefix("c.yaml:6:11: streams[0].key[0]: expected a column of `columns`, one of id, name, got `idd`"))
        #expect(try folder.load(only: ["good"]).map(\.name) == ["good"])
        #expect(folder.problems(only: ["unset"]) == [all[0]])
    }

    @Test func `a name nobody has is answered with the nearest`() throws {
        let folder = try PipelineFolder(["a.yaml": pipelineText()])
        #expect(folder.problems(only: ["custmers"]).first?.hasSuffix("no pipeline is named `custmers`; did you mean `customers`?") == true)
        #expect(folder.problems(only: ["zebra"]).first?.hasSuffix("no pipeline is named `zebra`; known: customers") == true)
    }

    @Test func `a folder that is missing or empty is named`() throws {
        #expect(try PipelineFolder([:]).problems().first?.contains("holds no .yaml file") == true)
        let missing = PipelineDirectory(path: "/nowhere/pipelines", environment: [:])
        let error = #expect(throws: PipelineError.self) { try missing.load() }
        #expect(error?.description.hasPrefix("/nowhere/pipelines: the folder of pipeline files can't be read") == true)
    }

    @Test func `two streams never write one table, whatever file they are in`() throws {
        let folder = try PipelineFolder([
            "a.yaml": pipelineText(name: "one"), "b.yaml": pipelineText(name: "two", table: "public.customers"),
            "c.yaml": pipelineText(name: "three", table: "c"),
        ])
        let problems = folder.problems()
        #expect(problems.count == 1)
        #expect(
            problems.first
                == "b.yaml:4:5: the table `public.customers` is already written by the stream `customers` (a.yaml:4:5); one table has one stream")
        #expect(folder.problems(only: ["three"]) == [])
        #expect(folder.problems(only: ["one"]).count == 1)
    }

    @Test func `two pipelines or two streams of one name are refused`() throws {
        let twice = try PipelineFolder(["a.yaml": pipelineText(), "b.yaml": pipelineText(table: "b")])
        #expect(twice.problems().first?.contains("the pipeline `customers` is also in") == true)
        let more = "  - { stream: customers, table: b, key: [id], columns: [{ from: ID, to: id, type: text, required: true }] }"
        #expect(try problem(pipelineText(rest: more)).contains("a.yaml:10:5: the stream `customers` was already given in line 4"))
    }

    @Test func `a variable that ends in a line break is refused before it can name another spreadsheet`() throws {
        let source = "{ kind: google-sheets, spreadsheet: \"${ID}\", sheet: A, timeZone: UTC }"
        for value in ["abc\r\n", "abc\n", "abc\r", "a\u{0}bc"] {
            let said = try problem(pipelineText(source: source), environment: ["ID": value])
            #expect(
                said.contains("source.spreadsheet: the environment variable ID holds a line break or another control character"), "\(value.debugDescription)")
            #expect(!said.contains("abc"))
        }
        #expect(try problem(pipelineText(source: source), environment: ["ID": "abc"]) == "")
    }
}
