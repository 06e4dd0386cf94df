import Mapping
import TestSupport
import Testing

@testable import Sources

@Suite struct `Rows of a part` {
    /// A dictionary of arrays says the same, slower and larger.
    @Test("A part's rows are found by their keys' bytes, and a key that differs is never found", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func finding(seed: UInt64) {
        var random = SeededGenerator(seed)
        let letters = ["a", "b", "が", "か\u{3099}", "", "a/"]
        func word() -> [UInt8] { (0..<Int.random(in: 0...2, using: &random)).flatMap { _ in Array((letters.randomElement(using: &random) ?? "").utf8) } }
        var rows = PartRows(columns: ["x"]), known: [[UInt8]: [(Int, [UInt8])]] = [:]
        for row in 0..<Int.random(in: 0...40, using: &random) {
            let key = word(), value = word()
            rows.append(key: key, cells: [(value.isEmpty ? .empty : .text, value)])
            if !key.isEmpty { known[key, default: []].append((row, value)) }
        }
        let index = PartIndex(rows)
        for key in Array(known.keys) + (0..<10).map({ _ in word() }) {
            let expected: PartIndex.Finding
            if let found = known[key] {
                expected = Set(found.map(\.1)).count > 1 ? .repeated : .row(found[0].0)
            } else {
                expected = .none
            }
            #expect(index.find(key[...]) == expected)
        }
        #expect(index.repeatedKeys == known.values.count { Set($0.map(\.1)).count > 1 })
    }

    @Test(arguments: [
        ("Unrecognized name: name at [1:8]", "Unrecognized name: name at [1:8]"), ("Bad int64 value: a@x.org", "Bad int64 value"),
        ("Invalid date: 'x'", "Invalid date"), ("Could not cast literal \"x\" to type INT64", "Could not cast literal "), ("", ""),
    ])
    func `are not told by an error's message`(message: String, told: String) {
        #expect(BigQueryAnswers.withoutValues(message) == told)
    }
}
