import JSONText
import Kafka
import Records
import TestSupport
import Testing

@testable import Topics

@Suite struct RecordPropertyTests {
    @Test(
        "A random change is the same after writing and reading; absent, null and empty stay three things", .tags(.property),
        arguments: 1...100 as ClosedRange<UInt64>)
    func changesSurvive(seed: UInt64) throws {
        var random = RandomRecords(seed)
        let record = random.change()
        let read = try ChangeRecord(parsing: record.line())
        #expect(read == record)
        #expect(read.line() == record.line())
        #expect(read.fields.members.map(\.name) == record.fields.members.map(\.name))
        for member in record.fields.members { #expect(read.fields[member.name] == member.value) }
        #expect(read.fields["never there"] == nil)
    }

    @Test("A random failure is the same after writing and reading", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func failuresSurvive(seed: UInt64) throws {
        var random = RandomRecords(seed)
        let record = random.failure()
        #expect(try FailureRecord(parsing: record.line()) == record)
    }

    @Test("Members of a newer writer survive, at their bytes", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func unknownMembersSurvive(seed: UInt64) throws {
        var random = RandomRecords(seed)
        var record = random.change()
        record.others = ["zz_later": .object(["a": [1, nil, "x"]]), "zz_number": .number("1.10")]
        let read = try ChangeRecord(parsing: record.line())
        #expect(read.others == record.others)
        #expect(read.line() == record.line())
    }

    @Test("Damage anywhere in a line is refused or leaves a record that says what it holds", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func damageNeverCrashes(seed: UInt64) {
        var random = RandomRecords(seed)
        let line = random.change().line()
        for _ in 0..<50 {
            var damaged = line
            switch Int.random(in: 0..<3, using: &random.generator) {
            case 0: damaged.removeLast(Int.random(in: 1..<damaged.count, using: &random.generator))
            case 1: damaged[Int.random(in: 0..<damaged.count, using: &random.generator)] = UInt8.random(in: 0...255, using: &random.generator)
            default: damaged.insert(UInt8.random(in: 0...255, using: &random.generator), at: Int.random(in: 0...damaged.count, using: &random.generator))
            }
            // Whatever is accepted must be read again from what it is written as.
            if let read = try? ChangeRecord(parsing: damaged) { #expect((try? ChangeRecord(parsing: read.line())) == read) }
        }
    }

    @Test(arguments: [
        (#"{"format":1,"format":1}"#, "name twice"), (#"{"format":1,}"#, "expected a member name"), ("\u{FEFF}{\"format\":1}", "expected a value"),
        (#"{"format":1} x"#, "something follows"), ("[1]", "expected an object, got a list"), ("", "expected a value"), (#"{"format":2}"#, "newer than 1"),
        (#"{"format":0}"#, "expected 1 or more"), (#"{"format":"1"}"#, "expected a whole number, got text"), ("{}", "format: is missing"),
    ])
    func `what is no record is refused with the reason`(text: String, reason: String) {
        let error = #expect(throws: RecordError.self) { try ChangeRecord(parsing: Array(text.utf8)) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test func `invalid UTF-8 is refused, and so is a duplicate name deep inside`() throws {
        var line = GoldenSamples.upsert.line()
        let place = try #require(line.firstIndex(of: 0xE5))  // The first byte of 山.
        line[place] = 0xFF
        #expect(throws: RecordError.self) { try ChangeRecord(parsing: line) }
        let twice = String(decoding: GoldenSamples.upsert.line(), as: UTF8.self).replacing("\"is_active\"", with: "\"budget_max\"")
        #expect(throws: RecordError.self) { try ChangeRecord(parsing: Array(twice.utf8)) }
    }

    @Test func `an error shows names and kinds, never a value`() {
        let text = #"{"format":1,"pipeline":"p","stream":"s","sequence":"secret-value"}"#
        let error = #expect(throws: RecordError.self) { try ChangeRecord(parsing: Array(text.utf8)) }
        #expect(error?.description == "sequence: expected a whole number, got text")
    }
}
