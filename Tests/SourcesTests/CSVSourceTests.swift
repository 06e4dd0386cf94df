import Foundation
import Mapping
import Pipelines
import Testing

@testable import Sources

@Suite struct CSVSourceTests {
    @Test func `quotes, line breaks of three kinds and blank rows are read as written`() async throws {
        let path = NSTemporaryDirectory() + UUID().uuidString + ".csv"
        try Data("a,b\r\n\"x\"\"y\",\"1\r\n2\"\n\rlast,".utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let source = CSVSource(CSVDefinition(path: path))
        #expect(try await source.open() == ["a", "b"])
        var seen: [[String]] = [], numbers: [Int] = []
        let certificate = try await source.rows { row in
            seen.append([row.text(0), row.text(1)])
            numbers.append(row.number)
        }
        #expect(seen == [["x\"y", "1\r\n2"], ["", ""], ["last", ""]])
        #expect(numbers == [2, 4, 5])
        #expect(certificate.isComplete)
    }
}
