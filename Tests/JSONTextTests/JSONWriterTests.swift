import Foundation
import JSONText
import TestSupport
import Testing

/// What is written is what was meant, in the shortest form and without spaces.
struct JSONWriterTests {
    private func written(_ body: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter()
        body(&json)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    @Test func `commas, nesting and null are the writer's business`() {
        let text = written { json in
            json.object { json in
                json.member("run", 42)
                json.object("key") { $0.member("buyer_number", "6666") }
                json.array("rows") { json in
                    json.value(1)
                    json.value(nil as String?)
                    json.object { _ in }
                }
                json.member("partial", true)
                json.member("big", Int64.max)
            }
        }
        #expect(text == #"{"run":42,"key":{"buyer_number":"6666"},"rows":[1,null,{}],"partial":true,"big":9223372036854775807}"#)
    }

    @Test func `exactly what must be escaped is escaped`() {
        #expect(written { $0.string("\"\\/\u{8}\u{C}\n\r\t\u{0}\u{1F}\u{7F}é😀\u{2028}") } == #""\"\\/\b\f\n\r\t\u0000\u001f"# + "\u{7F}é😀\u{2028}\"")
    }

    @Test func `bytes, prepared names and ready values are written like texts`() {
        let name = JSONName("na\"me")
        let text = written { json in
            json.object { json in
                for value in ["x\ny", "", "かな"] {
                    json.name(name)
                    Array(value.utf8).withUnsafeBufferPointer { json.string(utf8: $0) }
                }
                json.name("ready")
                Array("[1]".utf8).withUnsafeBufferPointer { json.json(utf8: $0) }
                json.member("last", 1)
            }
        }
        #expect(text == #"{"na\"me":"x\ny","na\"me":"","na\"me":"かな","ready":[1],"last":1}"#)
    }

    @Test func `a writer serves many records`() {
        var json = JSONWriter()
        json.array { $0.value(1) }
        json.removeAll()
        json.value("second")
        #expect(json.bytes == Array(#""second""#.utf8))
    }

    @Test("what is written reads back as it was", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let made = JSONValue.random(using: &random)
        var json = JSONWriter()
        json.value(made)
        #expect(try JSONValue(parsing: json.bytes) == made)
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(json.bytes), options: .fragmentsAllowed) }
    }

    @Test("damage never crashes the parser, and what it accepts Foundation accepts too", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func damage(seed: UInt64) {
        var random = SeededGenerator(seed)
        var json = JSONWriter()
        json.value(JSONValue.random(using: &random))
        for _ in 0..<50 {
            var damaged = json.bytes
            let index = Int.random(in: 0..<damaged.count, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: damaged[index] = .random(in: 0...255, using: &random)
            case 1: damaged.removeLast(index)
            default: damaged.insert(Array("{}[],:\"\\u0".utf8)[Int.random(in: 0..<10, using: &random)], at: index)
            }
            let accepts = (try? JSONValue(parsing: damaged)) != nil
            let foundationAccepts = (try? JSONSerialization.jsonObject(with: Data(damaged), options: .fragmentsAllowed)) != nil
            #expect(!accepts || foundationAccepts, "\(damaged)")
        }
    }
}

extension JSONValue {
    /// Any value: every kind, texts with every sort of letter, objects above and below the size at which names are hashed.
    fileprivate static func random(depth: Int = 0, using random: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 4 ? 4 : 6), using: &random) {
        case 0: return .null
        case 1: return .bool(.random(using: &random))
        case 2: return .number(String(Int.random(in: -1000...1000, using: &random)))
        case 3: return .string(text(using: &random))
        case 4: return .array((0..<Int.random(in: 0..<5, using: &random)).map { _ in JSONValue.random(depth: depth + 1, using: &random) })
        default:
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0..<(depth == 0 ? 90 : 4), using: &random) {
                object[text(using: &random)] = JSONValue.random(depth: depth + 1, using: &random)
            }
            return .object(object)
        }
    }

    private static func text(using random: inout SeededGenerator) -> String {
        let scalars = (0..<Int.random(in: 0..<20, using: &random)).compactMap { _ in Unicode.Scalar(UInt32.random(in: 0...0x2FFFF, using: &random)) }
        return String(String.UnicodeScalarView(scalars))
    }
}
