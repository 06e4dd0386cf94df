import CommandLines
import Foundation
import JSONText
import Mapping
import Records
import Sources
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Extractor

/// What a run tells while it works and when it is over.
@Suite struct ProgressPropertyTests {
    @Test(
        "B21: rows are handled by hundreds, the last batch may be smaller, and each is logged", .tags(.property),
        arguments: 1...100 as ClosedRange<UInt64>)
    func batches(seed: UInt64) async throws {
        var random = SeededGenerator(seed)
        let rows = seed == 1 ? 0 : Int.random(in: 1...2_500, using: &random)
        let lines = try await logged { watch in
            var taken = 0
            try await SourcePass(source: Rows(count: rows)) { watch.batch(rows: $0, of: rows, phase: .decided) }.run { row, index in
                #expect(index == taken && row.number == index + 2)
                taken += 1
            }
            #expect(taken == rows, "seed \(seed)")
        }
        let expected = Array(stride(from: 100, through: rows, by: 100)) + (rows % 100 == 0 ? [] : [rows])
        #expect(lines.map { $0["message"] } == expected.map { _ in "Batch of rows decided" }, "seed \(seed)")
        #expect(lines.map { $0["rows"] } == expected.map { .string("\($0)") }, "seed \(seed)")
    }

    @Test("B22: a run's duration and rows per second are logged", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func closing(seed: UInt64) async throws {
        var random = SeededGenerator(seed)
        let rows = Int.random(in: 0...5_000_000, using: &random), milliseconds = Int.random(in: 1...3_600_000, using: &random)
        let word = ClosingWord.allCases.randomElement(using: &random) ?? .complete
        let lines = try await logged { $0.closed(word, rows: rows, duration: .milliseconds(milliseconds)) }
        let line = try #require(lines.first)
        #expect(line["outcome"] == .string(word.rawValue) && line["rows"] == .string("\(rows)"))
        #expect(line["duration_ms"] == .string("\(milliseconds)"), "seed \(seed)")
        let rate = try #require(line["rows_per_second"].flatMap { Double($0.keyText) })
        #expect(abs(rate - Double(rows) * 1000 / Double(milliseconds)) <= 0.5, "seed \(seed)")
    }

    /// The log lines of `work`, read back as JSON.
    private func logged(_ work: (RunWatch) async throws -> Void) async throws -> [JSONObject] {
        let file = FileManager.default.temporaryDirectory.appending(path: "rollcall-log-\(UUID().uuidString)")
        try Data().write(to: file)
        let handle = try FileHandle(forWritingTo: file)
        let log = Logger(service: "extractor", level: .debug, output: LogOutput(TextOutput(descriptor: handle.fileDescriptor, name: "a log")))
        let result: Result<Void, any Error>
        do { result = .success(try await work(RunWatch(log: log, bar: nil))) } catch { result = .failure(error) }
        try handle.close()
        let text = try Data(contentsOf: file)
        try FileManager.default.removeItem(at: file)
        try result.get()
        return try text.split(separator: UInt8(ascii: "\n")).map { line in
            guard case .object(let object) = try JSONValue(parsing: Array(line)) else { throw NeverHeld(what: "a log line is an object") }
            return object
        }
    }

    /// A source in memory.
    private struct Rows: Source {
        let count: Int
        let kind = "memory"

        func open() async throws -> [String] { ["id"] }
        func rows(_ take: (borrowing SourceRow) throws -> Void) async throws -> ReadCertificate {
            var row = SourceRow()
            for index in 0..<count {
                row.begin(number: index + 2)
                row.append(.text, "\(index)".utf8)
                try take(row)
            }
            return ReadCertificate(rows: count, pages: 1, stamp: "", isComplete: true)
        }
        func address(row: Int, column: Int?) -> String { "memory:\(row)" }
    }
}
