import JSONText
import Testing

/// What the parser takes and refuses: RFC 8259 without its liberties.
struct StrictJSONTests {
    private func parse(_ text: String) throws(JSONError) -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

    @Test func `absent, null and empty are three facts`() throws {
        let value = try parse(#"{"a":null,"b":""}"#)
        guard case .object(let object) = value else { throw JSONError(problem: "no object", offset: 0) }
        #expect(object["a"] == .some(.null))
        #expect(object["b"] == .string(""))
        #expect(object["c"] == nil)
    }

    @Test(arguments: ["12345678901234567890.10e+5", "0", "-0", "1.10", "1E9", "-0.0e-0"])
    func `a number keeps its digits as written`(digits: String) throws {
        #expect(try parse(" \(digits)\n") == .number(digits))
    }

    @Test func `every escape is understood and a pair of surrogates is one scalar`() throws {
        #expect(try parse(#""\ud83d\ude00\u00e9\n\"\\\/\b\f\r\t\u0000x""#) == .string("😀é\n\"\\/\u{8}\u{C}\r\t\u{0}x"))
    }

    @Test(arguments: [
        #"{"a":1,"a":2}"#, #"{"a":1,}"#, "[1,]", "[,1]", "\u{FEFF}{}", #""\ud800""#, #""\ud800\u0041""#, #""\ud800x""#, #""\udc00""#, #""\x""#, #""\u12G4""#,
        "01", "1.", ".5", "+1", "1e", "1e+", "--1", "NaN", "Infinity", "tru", "nulll", "\"a\nb\"", "\"a\tb\"", "\"", "\"\\", "[", "{", "{\"a\"", "{\"a\":",
        "{\"a\":1", "[1 2]", "1 2", "", " ", "'a'", "{a:1}", "{1:1}", "/**/1", "\"\u{0}\"", "\u{0}", "-", "1\u{0}", "{\"\\u0061\":1,\"a\":2}", "\u{A0}1",
    ])
    func `what is not strict JSON is refused`(text: String) {
        #expect(throws: JSONError.self) { try parse(text) }
    }

    @Test func `32 levels are read, 33 are refused, and 100,000 do not crash`() throws {
        func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        #expect(throws: Never.self) { try parse(nested(32)) }
        #expect(throws: JSONError(problem: "nested too deep", offset: 32)) { try parse(nested(33)) }
        #expect(throws: JSONError(problem: "nested too deep", offset: 32)) { try parse(nested(100_000)) }
    }

    @Test(
        "invalid UTF-8 is refused at its byte",
        arguments: [
            [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xFF, 0x22], [0x22, 0xE3, 0x81, 0x22], [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22],
        ] as [[UInt8]])
    func invalidUTF8(bytes: [UInt8]) {
        #expect(throws: JSONError(problem: "invalid UTF-8", offset: 1)) { try JSONValue(parsing: bytes) }
    }

    @Test(arguments: [2, 63, 64, 65, 66, 200])
    func `a name twice is refused in small objects and in large ones`(count: Int) {
        let names = (0..<count).map { "\"column_\($0)\":\($0)" }
        #expect(throws: Never.self) { try parse("{" + names.joined(separator: ",") + "}") }
        for repeated in [0, count / 2, count - 1] {
            #expect(throws: JSONError.self, "\(repeated) again") { try parse("{" + names.joined(separator: ",") + ",\"column_\(repeated)\":0}") }
        }
    }

    @Test(arguments: [0, 70])
    func `two spellings of one letter are two names`(others: Int) throws {
        let names = (0..<others).map { "\"n\($0)\":0," }.joined()
        guard case .object(let object) = try parse("{\(names)\"が\":1,\"か\u{3099}\":2}") else { throw JSONError(problem: "no object", offset: 0) }
        #expect(object.members.count == others + 2)
        #expect(object["が"] == 1)
        #expect(object["か\u{3099}"] == 2)
    }

    @Test func `an error tells the byte and never the text`() {
        #expect(throws: JSONError(problem: "something follows the value", offset: 6)) { try parse(#""秘" "secret""#) }
    }
}
