import JSONText
import Testing

/// Equality is of bytes, since PostgreSQL and the row hash compare bytes.
struct JSONEqualityTests {
    @Test func `two spellings of one letter are different values`() {
        #expect(JSONValue.string("が") != .string("か\u{3099}"))
        #expect(JSONValue.number("1.0") != .number("1"))
        #expect(JSONValue.array(["が"]) != ["か\u{3099}"])
        #expect(JSONObject(dictionaryLiteral: ("が", 1)) != ["か\u{3099}": 1])
        #expect(JSONObject(dictionaryLiteral: ("a", "が")) != ["a": "か\u{3099}"])
    }

    @Test func `the order of members counts`() {
        #expect(JSONObject(dictionaryLiteral: ("a", 1), ("b", 2)) != ["b": 2, "a": 1])
        #expect(JSONObject(dictionaryLiteral: ("b", 2), ("a", 1)).sortedByName() == ["a": 1, "b": 2])
    }

    @Test func `members are sorted by the bytes of their names`() {
        let object: JSONObject = ["が": 1, "か\u{3099}": 2, "a": 3, "B": 4, "ab": 5]
        #expect(object.sortedByName().members.map(\.name).map { Array($0.utf8) } == ["B", "a", "ab", "か\u{3099}", "が"].map { Array($0.utf8) })
    }

    @Test func `setting replaces in place, appends, or removes`() {
        var object: JSONObject = ["a": 1, "b": 2]
        object["a"] = nil
        object["c"] = .some(.null)
        object["b"] = 3
        #expect(object == ["b": 3, "c": nil])
        #expect(object.members.count == 2)
    }

    @Test func `what a value is can be told without showing it`() {
        let values: [JSONValue] = [nil, true, 1, "x", [], [:]]
        #expect(values.map(\.kindName) == ["null", "true or false", "a number", "text", "a list", "an object"])
    }
}
