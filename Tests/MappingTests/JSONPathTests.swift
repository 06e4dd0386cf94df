import Mapping
import Pipelines
import Testing

@Suite struct `A path into an object` {
    @Test(arguments: ["name", "item_data.name", "categories[0].id", "a[0][12].b", "^id", "^^id", "^", ".", "#", "^item_data.name", "^.", "間取り"])
    func `is kept as it is written`(text: String) throws {
        #expect(try JSONPath(parsing: text).text == text)
    }

    @Test(arguments: ["", "a.", ".a", "a..b", "a[", "a[]", "a[x]", "a[0", "a]", "a[0]b", "[0]", "a b", "a^", "a.#", "#.a", "a[1234567]"])
    func `that leads nowhere is refused with its text`(text: String) {
        let error = #expect(throws: JSONPathError.self) { try JSONPath(parsing: text) }
        #expect(error?.description.contains("\"\(text)\"") == true)
    }

    @Test func `may not step out of more lists than there are`() throws {
        let outer = JSONRowReader.Column(try JSONPath(parsing: "^id")), place = JSONRowReader.Column(try JSONPath(parsing: "#"))
        #expect(throws: JSONPathError.self) { try JSONRowReader(columns: [outer]) }
        #expect(throws: JSONPathError.self) { try JSONRowReader(columns: [place]) }
        #expect(throws: JSONPathError.self) { try JSONRowReader(each: try JSONPath(each: "lines"), columns: [.init(try JSONPath(parsing: "^^id"))]) }
        #expect(throws: Never.self) { try JSONRowReader(each: try JSONPath(each: "lines"), columns: [outer, place]) }
        #expect(throws: Never.self) { try JSONRowReader(each: try JSONPath(each: "a[].b"), columns: [.init(try JSONPath(parsing: "^^id"))]) }
    }
}
