import JSONText
import Mapping
import Pipelines
import TestSupport
import Testing

@Suite struct TextRuleTests {
    @Test func `text is carried as it stands`() throws {
        for text in ["0090", " a ", "か\u{3099}", "a\r\nb", "<p>x</p>", "👩‍👩‍👧", "NULL", "Null", "nul", "nulls", "#REF", "#REF! in it", "#12"] {
            let read = try value(.text(text), .text)
            guard case .string(let carried) = try JSONValue(parsing: Array(read.utf8)) else {
                Issue.record("\(read)")
                continue
            }
            #expect(carried.utf8.elementsEqual(text.utf8))
        }
    }

    @Test(arguments: ["", " ", "\u{3000}", "\n\t ", "\u{A0}", "null"])
    func `nothing is null, however it is spelled`(text: String) throws { #expect(try value(.text(text), .text) == "null") }

    @Test func `what counted as nothing is told apart`() throws {
        #expect(try coercions("", .text) == [])
        #expect(try coercions("\u{3000}", .text) == [.whiteSpaceOnly])
        #expect(try coercions("null", .text) == [.nullWord])
    }

    @Test(arguments: ["#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#ERROR!"])
    func `a cell the sheet could not compute is no text`(word: String) throws {
        #expect(try value(.error(word), .text) == "error_cell")
        #expect(try value(.text(word), .text) == "error_cell")
        #expect(try value(.text(word), .text) { $0.onInvalid = .null } == "null")
        #expect(try value(.error(word), .text) { $0.onInvalid = .keep } == "\"\(word)\"")
    }

    @Test func `a number cell shows what people see, else its digits`() throws {
        #expect(try value(.number("9000000001", shown: "09000000001"), .text) == "\"09000000001\"")
        #expect(try value(.number("45662", shown: "1/5"), .text) == "\"1/5\"")
        #expect(try value(.number("6666.0"), .text) == "\"6666\"")
        #expect(try value(.number("1e+16"), .text) == "\"10000000000000000\"")
        #expect(try value(.boolean(true), .text) == "\"TRUE\"")
        #expect(try coercions(.number("5"), .text) == [.numberAsText])
    }

    @Test func `a NUL is refused even where cells are kept, since PostgreSQL can't hold one`() throws {
        for onInvalid in [OnInvalid.reject, .keep] {
            #expect(try value("a\u{0}b", .text) { $0.onInvalid = onInvalid } == "nul_byte")
            #expect(try value("a\u{0}b", .text) { ($0.onInvalid, $0.trims) = (onInvalid, true) } == "nul_byte")
        }
        #expect(try value("a\u{0}b", .text) { $0.onInvalid = .null } == "null")
        #expect(try value(#"{"a":"\u0000"}"#, .json) == "nul_byte")
    }

    @Test func `trim takes white space of every width`() throws {
        #expect(try value(" \u{3000}a b\u{A0}\n", .text) { $0.trims = true } == "\"a b\"")
        #expect(try coercions(" a", .text) { $0.trims = true } == [.trimmed])
        #expect(try coercions("a", .text) { $0.trims = true } == [])
    }

    @Test func `a default takes the place of nothing, in the column's type`() throws {
        #expect(try value(.empty, .text) { $0.fallback = "氏名未入力" } == "\"氏名未入力\"")
        #expect(try value("null", .integer) { $0.fallback = "0" } == "0")
        #expect(try value("x", .text) { $0.fallback = "y" } == "\"x\"")
        #expect(try coercions(.empty, .text) { $0.fallback = "y" } == [.fallback])
    }

    @Test func `parts are joined, and what is blank is left out`() throws {
        var column = try OneColumn(mapping(.text) { $0.from = .joined(["A", "B", "C"], separator: " ") })
        #expect(column.map("a", .empty, .number("7")) == #"{"v":"a 7"}"#)
        #expect(column.map(.empty, "  ", "null") == #"{"v":null}"#)
        #expect(column.map("a", .error("#N/A"), "c") == "v:error_cell")
        #expect(column.tally.empty == 1)
    }

    @Test("A text's JSON is what the JSON writer makes of it", .tags(.property), arguments: 1...300 as ClosedRange<UInt64>)
    func escapes(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let alphabet: [Unicode.Scalar] = [
            "a", "b", "\"", "\\", "\n", "\r", "\t", "\u{1}", "\u{1F}", "\u{7F}", "\u{80}", "é", "\u{3000}", "長", "🙂", "!", "#", "[", "]", "\u{A2}", "\u{DC}",
        ]
        var scalars = String.UnicodeScalarView("x".unicodeScalars)
        for _ in 0..<Int.random(in: 0...60, using: &random) {
            scalars.append(Bool.random(using: &random) ? "a" : alphabet.randomElement(using: &random) ?? "a")
        }
        var writer = JSONWriter()
        writer.string(String(scalars))
        #expect(try value(.text(String(scalars)), .text) == String(decoding: writer.bytes, as: UTF8.self))
    }
}
