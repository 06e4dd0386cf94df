import Foundation
import JSONText
import Records
import TestSupport
import Testing

@testable import Topics

/// The wire format is a promise to whoever tails a topic and to services of another version: these files change only by addition.
@Suite struct GoldenTests {
    @Test func `an upsert is written and read as its file says`() throws { try compare(GoldenSamples.upsert, "change-upsert") }
    @Test func `a delete is written and read as its file says`() throws { try compare(GoldenSamples.delete, "change-delete") }
    @Test func `a partial change is written and read as its file says`() throws { try compare(GoldenSamples.partial, "change-partial") }
    @Test func `a refused change is written and read as its file says`() throws { try compare(GoldenSamples.refused, "failure-change") }
    @Test func `a row that could not be mapped is written and read as its file says`() throws { try compare(GoldenSamples.unmapped, "failure-row") }
    @Test func `an outcome is written and read as its file says`() throws { try compare(GoldenSamples.outcome, "outcome") }
    @Test func `an alert is written and read as its file says`() throws { try compare(GoldenSamples.alert, "alert") }
    @Test func `a run is written and read as its file says`() throws { try compare(GoldenSamples.run, "run") }

    @Test func `every file has its test, and is one line of strict JSON`() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(
            names == [
                "alert.1.json", "change-delete.1.json", "change-partial.1.json", "change-upsert.1.json", "failure-change.1.json", "failure-row.1.json",
                "outcome.1.json", "run.1.json",
            ])
        for name in names {
            let bytes = try line(name)
            #expect(!bytes.contains(0x0A))
            _ = try JSONValue(parsing: bytes)
        }
    }

    private var folder: URL { Repository.root.appending(path: "Tests/TopicsTests/Golden") }

    /// The file without the line end that ends it.
    private func line(_ name: String) throws -> [UInt8] {
        let bytes = [UInt8](try Data(contentsOf: folder.appending(path: name)))
        #expect(bytes.last == 0x0A)
        return Array(bytes.dropLast())
    }

    private func compare<Record: TopicRecord>(_ record: Record, _ name: String) throws {
        let golden = try line("\(name).1.json")
        #expect(String(decoding: record.line(), as: UTF8.self) == String(decoding: golden, as: UTF8.self))
        #expect(record.line() == golden)  // Bytes: two spellings of one letter are equal as strings.
        let read = try Record(parsing: golden)
        #expect(read == record)
        #expect(read.line() == golden)
    }
}
