import JSONText
import Records
import TestSupport
import Testing

@Suite struct RecordIdentityTests {
    @Test func `a sequence holds run and ordinal, and a later run outranks an earlier one`() {
        let sequence = Sequence(run: 42, ordinal: 4120)
        #expect(sequence.rawValue == 180_388_630_552)
        #expect((sequence.run, sequence.ordinal) == (42, 4120))
        #expect(Sequence(run: 42, ordinal: .max) < Sequence(run: 43, ordinal: 0))
        #expect(Sequence(run: 42, ordinal: .max).run == 42)
    }

    @Test func `a key of several columns is joined with its separators encoded`() {
        let key = RecordKey(values: ["a/b", "50%", "x@y", "東京"])
        #expect(key.text == "a%2Fb/50%25/x%40y/東京")
        #expect(key.messageKey(stream: "s/t") == "s%2Ft/a%2Fb/50%25/x%40y/東京")
    }

    @Test("A key's values come back from its text", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func keysComeBack(seed: UInt64) {
        var random = SeededGenerator(seed)
        let pieces = ["", "/", "%", "@", "%2F", "が", "か\u{3099}", "a", "\n"]
        let values = (0..<Int.random(in: 1...4, using: &random)).map { _ in
            (0..<Int.random(in: 0...5, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
        }
        let key = RecordKey(values: values)
        #expect(key.values?.map { Array($0.utf8) } == values.map { Array($0.utf8) })
        #expect(key.values?.count == values.count)
    }

    @Test func `two spellings of one letter are two keys`() {
        let (composed, decomposed) = (RecordKey(values: ["が"]), RecordKey(values: ["か\u{3099}"]))
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect((composed < decomposed) != (decomposed < composed))
    }

    @Test func `the hash covers names and values, and not the order they were given in`() {
        let hash = RowHash(of: ["a": "1", "b": nil])
        #expect(hash == RowHash(of: ["b": nil, "a": "1"]))
        #expect(hash != RowHash(of: ["a": "1"]))  // Absent is not null.
        #expect(hash != RowHash(of: ["a": 1, "b": nil]))
        #expect(hash != RowHash(of: ["a": "1", "b": ""]))
        #expect(RowHash(hexadecimal: hash.description) == hash)
        #expect(RowHash(signed: hash.signed) == hash)
        #expect(RowHash(hexadecimal: "9F86d081884c7d6g") == nil)
        #expect(RowHash(rawValue: 1).description == "0000000000000001")
    }

    @Test func `ids are the same for every delivery of one fact`() {
        let change = ChangeRecord(
            pipeline: "p", stream: "buyers", sequence: Sequence(run: 42, ordinal: 4120), key: ["n": "6666"], origin: Origin(kind: "csv"), extractedAt: "t")
        #expect(change.id == "buyers/6666@42.4120")
        var again = change
        (again.extractedAt, again.attempt) = ("u", 3)
        #expect(again.id == change.id)
    }

    @Test func `tallies add up by kind`() {
        var (one, two) = (Tallies(), Tallies())
        (one.inserted, one.updated, one.unchangedAtTarget, one.keptLocal, one.superseded, one.deleted, one.failed) = (1, 2, 3, 4, 5, 6, 7)
        (two.inserted, two.failed) = (10, 100)
        let sum = one + two
        #expect((sum.inserted, sum.updated, sum.failed) == (11, 2, 107))
        #expect(sum.total == one.total + two.total)
        #expect(one.total == 28)
    }
}
