import Mapping
import Pipelines
import Testing

/// Booleans, labels, shapes of text and JSON.
@Suite struct WordRuleTests {
    private let words = BooleanWords(isTrue: ["true", "済", "YES"], isFalse: ["false", "未"])

    @Test(arguments: [
        ("済", "true"), ("未", "false"), (" 済 ", "true"), ("TRUE", "true"), ("ＦＡＬＳＥ", "false"), ("yes", "true"), ("要", "unknown_word"), ("1", "unknown_word"),
    ])
    func `a word means what the pipeline says`(text: String, expected: String) throws {
        #expect(try value(.text(text), .boolean) { $0.values = words } == expected)
    }

    @Test func `without words of its own a boolean knows true and false`() throws {
        #expect(try value("TRUE", .boolean) == "true")
        #expect(try value("false", .boolean) == "false")
        #expect(try value(.boolean(false), .boolean) == "false")
        #expect(try value("済", .boolean) == "unknown_word")
        #expect(try value(.number("1"), .boolean) == "unknown_word")
        #expect(try coercions(.boolean(true), .boolean) == [])
        #expect(try coercions("true", .boolean) == [.word])
    }

    @Test func `a cell that says null is blank and one that says an error is one, whatever words the pipeline has`() throws {
        let words = BooleanWords(isTrue: ["null", "#N/A"], isFalse: ["NULL"])
        #expect(try value("null", .boolean) { $0.values = words } == "null")
        #expect(try value("#N/A", .boolean) { $0.values = words } == "error_cell")
    }

    @Test func `a number becomes the label of the first limit it reaches`() throws {
        let tiers = [Tier(from: "1000000", label: "XL"), Tier(from: "50000", label: "Bronze"), Tier(from: "-1.5", label: "M"), Tier(from: nil, label: "S")]
        for (number, label) in [("1000000", "XL"), ("999999.99", "Bronze"), ("5万", "Bronze"), ("49999", "M"), ("-1.5", "M"), ("-1.51", "S"), ("0", "M")] {
            #expect(try value(.text(number), .text) { $0.tiers = tiers } == "\"\(label)\"", "\(number)")
        }
        #expect(try value("many", .text) { $0.tiers = tiers } == "not_a_number")
        #expect(try value("1", .text) { $0.tiers = [Tier(from: "2", label: "A")] } == "below_tiers")
    }

    @Test(arguments: [
        ("a@example.com", true), ("a.b.@docomo.example.jp", true), ("なし", false), ("a＠example.com", false), ("a@b@example.com", false), ("a@example", false),
        ("a@example.com\nb@example.com", false), (" a@example.com", false), ("@example.com", false), ("a@.com", false), ("見本 a@example.com", false),
    ])
    func `an address has one shape`(text: String, isRight: Bool) throws {
        #expect(try value(.text(text), .text) { $0.format = .email } == (isRight ? "\"\(text)\"" : "not_an_email"))
    }

    @Test(arguments: [
        ("090-1234-5678", true), ("+81 90 1234 5678", true), ("(097) 555-1234", true), ("09012345678", true), ("12345678", false), ("1234567890123456", false),
        ("０９０１２３４５６７８", false), ("090-1234-5678（夜）", false), ("なし", false),
    ])
    func `a phone number has 9 to 15 digits`(text: String, isRight: Bool) throws {
        #expect(try value(.text(text), .text) { $0.format = .phone } == (isRight ? "\"\(text)\"" : "not_a_phone"))
    }

    @Test func `ciphertext in an e-mail column can be kept, and is counted`() throws {
        var column = try OneColumn(mapping(.text) { ($0.format, $0.onInvalid) = (.email, .keep) })
        #expect(column.map("c2FtcGxlMQ==") == #"{"v":"c2FtcGxlMQ=="}"#)
        #expect(column.map("a@example.com") == #"{"v":"a@example.com"}"#)
        #expect(column.tally.kept == 1)
        #expect(column.tally.broken == [.notAnEmail: 1])
    }

    @Test func `JSON is carried as JSON, strictly`() throws {
        #expect(try value(#" {"b": [1, 2.50, null], "a": "x"} "#, .json) == #"{"b":[1,2.50,null],"a":"x"}"#)
        #expect(try value(.number("5"), .json) == "5")
        #expect(try value(.boolean(true), .json) == "true")
        for text in [#"{"a":1,"a":2}"#, "[1,]", "{a:1}", "x", "[1] 2"] { #expect(try value(.text(text), .json) == "not_json", "\(text)") }
    }
}
