import Foundation
import TestSupport
import Testing
import YAMLText

/// What is read from a file, and what is said about a file that cannot be read.
struct YAMLReadingTests {
    private let good = #"""
        name: buyers                    # a comment
        batch: 7
        mode: soft
        lines:
          - { from: [買主番号], required: true }
          - from: ["★最新状況\n", "${SHEET}", '$${SHEET}', yes, 0123, 05:30]
        """#

    private func message(_ text: String) -> String {
        do {
            _ = try OrderForm.read(text, environment: ["SHEET": "x"])
            return "accepted"
        } catch { return "\(error)" }
    }

    @Test func `a file is read as written, without guessing types`() throws {
        let form = try OrderForm.read(good, environment: ["SHEET": "x: [y"])
        #expect(form.name == "buyers" && form.batch == 7 && form.mode == .soft && form.after == nil)
        #expect(form.lines.map(\.isRequired) == [true, false])
        #expect(form.lines[1].from == ["★最新状況\n", "x: [y", "${SHEET}", "yes", "0123", "05:30"])
    }

    @Test func `a file that an editor of Windows saved is read alike`() throws {
        let form = try OrderForm.read("\u{FEFF}" + good.replacing("\n", with: "\r\n"), environment: ["SHEET": "x"])
        #expect(form.name == "buyers" && form.lines.count == 2)
    }

    @Test(
        "a mistake is named with file, line, key, what came and what was expected",
        arguments: [
            ("batch: 7", "batch: \"7\"", "form.yaml:2:8: batch: expected a whole number, got the text \"7\""),
            ("batch: 7", "batch: 0100", "form.yaml:2:8: batch: expected a whole number, got `0100`"),
            ("batch: 7", "batch:", "form.yaml:2:7: batch: expected a whole number, got nothing"),
            ("batch: 7", "bach: 7", "form.yaml:2:1: unknown key `bach`; did you mean `batch`?"),
            ("batch: 7", "xyzzyx: 7", "form.yaml:2:1: unknown key `xyzzyx`; known here: name, batch, mode, lines, after"),
            ("mode: soft", "mode: sotf", "form.yaml:3:7: mode: expected ignore | soft | hard, got `sotf`"),
            ("mode: soft", "mode: [soft]", "form.yaml:3:7: mode: expected ignore | soft | hard, got a list"),
            ("mode: soft", "name: again", "form.yaml:3:1: the key `name` was already given in line 1"),
            ("required: true", "required: yes", "form.yaml:5:31: lines[0].required: expected true or false, got `yes`"),
            ("from: [買主番号]", "from: 買主番号", "form.yaml:5:13: lines[0].from: expected a list, got `買主番号`"),
            ("name: buyers", "name: ${NOPE}", "form.yaml:1:7: name: the environment variable NOPE is not set"),
            ("name: buyers   ", "nam: buyers   ", "form.yaml:1:1: the key `name` is missing"),
            ("name: buyers", "name: {a: 1}", "form.yaml:1:7: name: expected text, got a mapping"),
            ("name: buyers", "name: ~", "form.yaml:1:7: name: expected text, got `~`"),
            ("name: buyers", "name: &a buyers", "form.yaml:1:7: name: an anchor (`&name`); write the value out where it is needed"),
            ("name: buyers", "name: *a", "form.yaml:1:7: name: an alias (`*name`); write the value out"),
            ("name: buyers", "name: !!str buyers", "form.yaml:1:7: name: a tag (`!name`); none is known"),
            ("[買主番号]", "[${SHEET}]", "within { } or [ ] write \"${NAME}\" in quotes"),
        ])
    func mistakes(from: String, to: String, expected: String) throws {
        let wrong = good.replacing(from, with: to, maxReplacements: 1)
        try #require(wrong != good)
        let said = message(wrong)
        #expect(said == expected || expected.hasPrefix("within") && said.hasSuffix(expected), "\(said)")
    }

    @Test(arguments: ["", "# only a comment", "a: \u{0}", "a: 1\n---\nb: 2", "\ta: 1", "? [a, b]\n: c", "<<: {a: 1}", "- a", "a: [b", "a: 'b"])
    func `what is not one mapping in plain YAML is refused`(text: String) {
        #expect(throws: YAMLError.self) { try OrderForm.read(text) }
    }

    @Test func `big, deep and broken files are refused at once`() {
        for text in [String(repeating: "[", count: 100_000), String(repeating: "a: {", count: 40), String(repeating: " ", count: 2 << 20)] {
            #expect(throws: YAMLError.self) { try YAMLNode(parsing: Array(text.utf8), file: "x") }
        }
        #expect(throws: YAMLError.self) { try YAMLNode(parsing: [0x61, 0x3A, 0x20, 0xC0, 0x80], file: "x") }
    }

    @Test func `an alias bomb is refused before it grows`() {
        let levels = (1...9).map { "l\($0): &l\($0) [" + Array(repeating: "*l\($0 - 1)", count: 9).joined(separator: ",") + "]" }
        let said = message("l0: &l0 [x,x,x,x,x,x,x,x,x]\n" + levels.joined(separator: "\n"))
        #expect(said == "form.yaml:1:5: l0: an anchor (`&name`); write the value out where it is needed")
    }

    @Test("damage never crashes the reader", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func damage(seed: UInt64) {
        var random = SeededGenerator(seed)
        let letters = Array("{}[]:,-&*!|>'\"%@`#\n \t?".utf8)
        var refused = 0
        for _ in 0..<100 {
            var bytes = Array(good.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[index] = .random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                default: bytes.insert(letters[Int.random(in: 0..<letters.count, using: &random)], at: index)
                }
            }
            do { _ = try YAMLNode(parsing: bytes, file: "x") } catch { refused += 1 }
        }
        #expect(refused > 0, "no damage at all was seen")
    }
}
