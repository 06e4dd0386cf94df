import Pipelines
import Testing

/// A Square account and the streams it feeds are one agreement, checked when the file is read.
@Suite struct `A Square account in a pipeline` {
    private let items = """
        - stream: items
          table: catalog_items
          key: [id]
          feed: items
          columns:
            - { from: id, to: id, type: text, required: true }
            - { from: ["item_data.categories[0].id", item_data.category_id], to: category_id, type: text }
            - { from: updated_at, to: updated_at, type: timestamp }
        """

    private func stream(
        _ name: String, feed: String = "feed: orders", key: String = "[order_id, uid]", more: String = "", columns: String...
    ) -> String {
        let ids = ["{ from: ^id, to: order_id, type: text, required: true }", "{ from: uid, to: uid, type: text, required: true }"]
        let lines = [
            "- stream: \(name)", "  table: \(name)", "  key: \(key)", "  \(feed)", "  each: line_items", more.isEmpty ? "" : "  \(more)", "  columns:",
        ]
        return (lines + (ids + columns).map { "    - \($0)" }).filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private func text(_ streams: String..., source: String = "{ kind: square }") -> String {
        let indented = streams.joined(separator: "\n").split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
        return "pipeline: square\nsource: \(source)\nstreams:\n\(indented)\n"
    }

    @Test func `feeds many streams, each from its own objects`() throws {
        let lines = stream(
            "order_line_items", more: "after: [items, order_items_2]", columns: "{ from: total_money, to: total_money, type: json }",
            "{ from: \"#\", to: place, type: integer }", "{ from: { join: [a, b] }, to: c, type: text }")
        let other = stream("order_items_2", feed: "feed: refunds")
        let folder = try PipelineFolder(["a.yaml": text(lines, items, other, source: "{ kind: square, rate: 90, endpoint: \"http://127.0.0.1:9\" }")])
        let pipeline = try #require(try folder.load().first)
        #expect(pipeline.source == .square(SquareDefinition(endpoint: "http://127.0.0.1:9", requestsPerMinute: 90, timeZone: "UTC")))
        #expect(pipeline.streams.map(\.name) == ["order_line_items", "items", "order_items_2"])
        #expect(pipeline.streamsParentsFirst.map(\.name) == ["items", "order_items_2", "order_line_items"])
        #expect(pipeline.streams.map(\.feed?.feed) == [.orders, .items, .refunds])
        #expect(pipeline.streams.map(\.feed?.each?.text) == ["line_items", nil, "line_items"])
        // One path stays one; alternatives are tried by value, since an object leaves out what it does not have.
        #expect(pipeline.streams[1].columns.map(\.from.isTriedByValue) == [false, true, false])
        #expect(pipeline.streams[1].columns[1].from.headers == ["item_data.categories[0].id", "item_data.category_id"])
    }

    @Test func `is refused where a stream says nothing of its feed, or what there is not`() throws {
        #expect(try problem(text(stream("a", feed: ""))).contains("`each` needs a `feed`"))
        #expect(
            try problem(text(items.replacing("  feed: items\n", with: ""))).contains("the stream items has no `feed`; expected one of locations, categories"))
        #expect(try problem(text(stream("a", feed: "feed: tenders"))).contains("expected locations | categories"))
        #expect(try problem(text(items, source: "{ kind: square, token: x }")).contains("unknown key `token`"))
        #expect(try problem(text(items, source: "{ kind: square, rate: 7000 }")).contains("from 1 to 6000"))
        #expect(try problem(text(items, source: "{ kind: square, endpoint: localhost }")).contains("expected an address"))
    }

    @Test(arguments: [
        ("{ from: \"a[\", to: a, type: text }", "the column a in line 12: the path \"a[\": expected [0] after a name"),
        ("{ from: \"^^id\", to: a, type: text }", "leads out of more lists than the stream's `each` goes through, which is 1"),
        ("{ from: \"a[]\", to: a, type: text }", "`[]` stands for each element"),
        ("{ from: uid, occurrence: 2, to: a, type: text }", "an object has each member once"),
        ("{ from: [b, uid], to: a, type: json }", "the path \"uid\" is mapped as json to a and otherwise to uid; map it once"),
    ])
    func `is refused where a path leads nowhere`(column: String, expected: String) throws {
        let said = try problem(text(stream("a", columns: column)))
        #expect(said.contains(expected), "\(said)")
    }

    @Test func `is refused where each is no list of names`() throws {
        let said = try problem(text(items.replacing("feed: items", with: "feed: items\n  each: \"a..b\"")))
        #expect(said.contains("the path \"a..b\": expected the name of a member"))
        let place = try problem(text(items.replacing("from: id,", with: "from: \"#\",")))
        #expect(place.contains("the path \"#\" leads out of more lists"))
    }

    @Test func `is refused where a stream waits for none of its own, or for itself`() throws {
        #expect(try problem(text(stream("a", more: "after: [b]"))).contains("the stream a is `after` b, which is no stream here; expected some of a"))
        #expect(try problem(text(stream("a", more: "after: [a]"))).contains("wait for each other in a circle"))
        #expect(try problem(text(stream("a", more: "after: [b]"), stream("b", more: "after: [a]"))).contains("in a circle"))
    }

    @Test func `needs a zone for days alone, as its times say their offset`() throws {
        #expect(try problem(text(items)).isEmpty)
        let said = try problem(text(items.replacing("type: timestamp", with: "type: date")))
        #expect(said.contains("the column updated_at is a date, so say which zone"))
        #expect(try problem(text(items.replacing("type: timestamp", with: "type: date"), source: "{ kind: square, timeZone: America/Chicago }")).isEmpty)
    }

    @Test(arguments: [
        ("feed: orders", "`feed` is not yet supported here"), ("after: [a]", "`after` is not yet supported here"), ("each: x", "`each` needs a `feed`"),
    ])
    func `is the only source with feeds`(key: String, expected: String) throws {
        #expect(try problem(pipelineText(stream: key)).contains(expected))
    }
}
