import JSONText
import Mapping
import Pipelines
import SampleData
import Testing

@Suite struct `Rows of an object` {
    /// What stands in a cell, with its kind.
    private func rows(_ json: String, each: String? = nil, _ paths: String..., asJSON: Set<String> = []) throws -> [[String]] {
        let columns = try paths.map { JSONRowReader.Column(try JSONPath(parsing: $0), isJSON: asJSON.contains($0)) }
        return try rows(try JSONValue(parsing: Array(json.utf8)), try JSONRowReader(each: try each.map { try JSONPath(each: $0) }, columns: columns))
    }

    private func rows(_ value: JSONValue, _ reader: JSONRowReader) throws -> [[String]] {
        var told: [[String]] = []
        var row = SourceRow()
        let count = try reader.rows(of: value, from: 1, &row) { row in
            #expect(row.number == told.count + 1)
            told.append((0..<row.cells.count).map { row.kind($0) == .empty ? "-" : "\(row.kind($0)) \(row.text($0))" })
        }
        #expect(count == told.count)
        return told
    }

    @Test func `are one row with a cell for each path`() throws {
        let json = #"{"id":"A","item_data":{"name":"Tea","tags":["x","y"]},"version":9007199254740993,"ok":true,"off":false}"#
        #expect(
            try rows(json, "id", "item_data.name", "item_data.tags[1]", "version", "ok", "off")
                == [["text A", "text Tea", "text y", "number 9007199254740993", "boolean true", "boolean false"]])
    }

    @Test func `have empty cells for what is left out, null, or beyond a list's end`() throws {
        let json = #"{"a":null,"b":{"c":null},"d":[],"e":""}"#
        #expect(try rows(json, "a", "a.x", "b.c", "b.c.d", "none", "none.more", "d[0]", "d[0].x", "e") == [["-", "-", "-", "-", "-", "-", "-", "-", "text "]])
    }

    @Test func `have error cells where the shape is another than the path's, since an empty one would clear a field`() throws {
        let json = #"{"a":"text","b":[1],"c":{"d":1}}"#
        #expect(try rows(json, "a.x", "b.x", "c[0]", "c.d.e") == [Array(repeating: "error #SHAPE!", count: 4)])
    }

    @Test func `keep every digit of a number, money above all`() throws {
        let json = #"{"a":9223372036854775807,"b":-9223372036854775808,"c":12345678901234567890.10,"d":1e400,"e":0.1}"#
        #expect(
            try rows(json, "a", "b", "c", "d", "e")
                == [["number 9223372036854775807", "number -9223372036854775808", "number 12345678901234567890.10", "number 1e400", "number 0.1"]])
    }

    @Test func `have objects and lists as JSON, in an order that no answer changes`() throws {
        let one = #"{"m":{"amount":5,"currency":"USD","more":{"b":1,"a":[{"d":"é\n","c":null}]}}}"#
        let other = #"{"m":{"more":{"a":[{"c":null,"d":"\u00e9\u000a"}],"b":1},"currency":"USD","amount":5}}"#
        let expected = [[#"text {"amount":5,"currency":"USD","more":{"a":[{"c":null,"d":"é\n"}],"b":1}}"#]]
        #expect(try rows(one, "m") == expected)
        #expect(try rows(other, "m") == expected)
    }

    @Test func `have a text between quotes where JSON is wanted`() throws {
        let json = #"{"a":"say \"hi\"","b":1,"c":null,"d":true}"#
        #expect(
            try rows(json, "a", "b", "c", "d", asJSON: ["a", "b", "c", "d"]) == [[#"text "say \"hi\"""#, "number 1", "-", "boolean true"]])
        #expect(try rows(json, "a") == [[#"text say "hi""#]])
    }

    @Test func `are one for each element of a list, with what stands around it`() throws {
        let json = #"{"id":"O1","line_items":[{"uid":"a","price":{"amount":1}},{"uid":"b"}],"state":"OPEN"}"#
        #expect(
            try rows(json, each: "line_items", "^id", "uid", "price.amount", "#", "^state")
                == [["text O1", "text a", "number 1", "number 0", "text OPEN"], ["text O1", "text b", "-", "number 1", "text OPEN"]])
    }

    @Test func `are those of lists in lists, each with all that is around it`() throws {
        let json = #"{"id":"I","v":[{"id":"V1","o":[{"l":"x"},{"l":"y"}]},{"id":"V2"},{"id":"V3","o":[{"l":"z"}]}]}"#
        #expect(
            try rows(json, each: "v[].o", "^^id", "^id", "l", "#")
                == [
                    ["text I", "text V1", "text x", "number 0"], ["text I", "text V1", "text y", "number 1"],
                    ["text I", "text V3", "text z", "number 0"],
                ])
    }

    @Test func `are the elements themselves in a list of texts`() throws {
        #expect(try rows(#"{"id":"I","at":["L1","L2"]}"#, each: "at", "^id", ".") == [["text I", "text L1"], ["text I", "text L2"]])
    }

    @Test(arguments: [#"{}"#, #"{"a":null}"#, #"{"a":{}}"#, #"{"a":{"b":null}}"#, #"{"a":{"b":[]}}"#])
    func `are none where the list is left out, null or empty`(json: String) throws {
        #expect(try rows(json, each: "a.b", "id") == [])
    }

    @Test(arguments: [#"{"a":{"b":{}}}"#, #"{"a":{"b":"x"}}"#, #"{"a":[1]}"#])
    func `are refused where something else stands than the list`(json: String) throws {
        let error = #expect(throws: JSONPathError.self) { try rows(json, each: "a.b", "id") }
        #expect(error?.description.contains("expected a list") == true)
    }

    @Test func `of an order are its line items as the table wants them, byte by byte`() throws {
        func column(_ from: String, _ to: String, _ type: FieldType, required: Bool = false) -> ColumnMapping {
            ColumnMapping(from: .header([from], occurrence: nil), to: to, type: type, isRequired: required, place: somewhere)
        }
        let stream = StreamDefinition(
            name: "order_line_items", table: "order_line_items", key: ["order_id", "uid"],
            columns: [
                column("^id", "order_id", .text, required: true), column("uid", "uid", .text, required: true), column("quantity", "quantity", .decimal),
                column("base_price_money.amount", "price", .integer), column("total_money", "total_money", .json), column("note", "note", .text),
                column("^created_at", "ordered_at", .timestamp),
            ], feed: StreamFeed(.orders, each: try JSONPath(each: "line_items")), place: somewhere)
        let reader = try JSONRowReader(stream)
        #expect(reader.header == ["^id", "uid", "quantity", "base_price_money.amount", "total_money", "note", "^created_at"])
        var mapper = RowMapper(stream: stream, header: try HeaderContract.resolve(reader.header, for: stream), zone: try ZoneRules(named: "UTC"))
        let order = #"""
            {"id":"O/1","created_at":"2025-11-20T18:00:00.250Z","line_items":[
            {"uid":"u","quantity":"0.75","base_price_money":{"amount":9007199254740993,"currency":"USD"},"total_money":{"currency":"USD","amount":-5}}]}
            """#
        var row = SourceRow(), mapped = MappedRow()
        var lines: [String] = []
        _ = try reader.rows(of: try JSONValue(parsing: Array(order.utf8)), from: 1, &row) { row in
            guard case .mapped = mapper.map(row, into: &mapped) else { return }
            lines.append(String(decoding: mapped.key, as: UTF8.self))
            lines.append(String(decoding: mapped.fields, as: UTF8.self))
        }
        #expect(lines.first == #"{"order_id":"O/1","uid":"u"}"#)
        #expect(
            lines.last
                == #"{"note":null,"ordered_at":"2025-11-20T18:00:00.25+00:00","price":9007199254740993,"quantity":0.75,"total_money":{"amount":-5,"currency":"USD"}}"#
        )
    }

    @Test func `of a stream that wants one path in two ways are refused`() {
        let columns = [FieldType.json, .text].map { type in
            ColumnMapping(from: .header(["address"], occurrence: nil), to: "a_\(type)", type: type, place: somewhere)
        }
        let stream = StreamDefinition(name: "s", table: "t", key: [], columns: columns, place: somewhere)
        #expect(throws: JSONPathError.self) { try JSONRowReader(stream) }
    }

    @Test func `of the shop's orders are as many as they have lines, each with its order`() throws {
        let account = SquareAccount(seed: 1)
        let reader = try JSONRowReader(each: try JSONPath(each: "line_items"), columns: ["^id", "uid", "quantity"].map { .init(try JSONPath(parsing: $0)) })
        for order in account.orders {
            var json = JSONWriter()
            json.value(order)
            let told = try rows(try JSONValue(parsing: json.bytes), reader)
            #expect(told == order.lines.map { ["text \(order.id)", "text \($0.uid)", "text \($0.quantity)"] })
        }
    }
}
