import Foundation
import Testing

/// The map of promises is itself held to account: `Tests/PROPERTIES.md` and the tests name each other.
@Suite struct PropertyMapTests {
    struct Row {
        let id: String
        let isDue: Bool
        let file: String
    }

    static let testsFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

    static func rows(of table: String) -> [Row] {
        table.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 5, cells[0].wholeMatch(of: /[BF][0-9]+/) != nil else { return nil }
            return Row(id: cells[0], isDue: cells[3] == "yes", file: cells[4])
        }
    }

    static func listed() throws -> [Row] {
        rows(of: try String(contentsOf: testsFolder.appendingPathComponent("PROPERTIES.md"), encoding: .utf8))
    }

    /// The declarations `@Test("ID: …")` in one file, each up to its function's name.
    static func declarations(of id: String, in text: String) -> [String] {
        text.components(separatedBy: "@Test(").dropFirst().filter { $0.drop { $0.isWhitespace }.hasPrefix("\"\(id): ") }
            .map { String($0.prefix { $0 != "{" }) }
    }

    @Test func `every due property has a test of at least a hundred seeded cases in the file that is named`() throws {
        let rows = try PropertyMapTests.listed()
        #expect(rows.count >= 16)
        for row in rows where row.isDue {
            let path = PropertyMapTests.testsFolder.appendingPathComponent(row.file)
            let text = try? String(contentsOf: path, encoding: .utf8)
            #expect(text != nil, "\(row.id): there is no file \(row.file)")
            let found = PropertyMapTests.declarations(of: row.id, in: text ?? "")
            #expect(!found.isEmpty, "\(row.id): no test of this number in \(row.file)")
            for declaration in found {
                #expect(declaration.contains(".property"), "\(row.id): not tagged as a property")
                let last = declaration.firstMatch(of: /1\.\.\.([0-9]+)/).flatMap { Int($0.1) } ?? 0
                #expect(last >= 100, "\(row.id): \(last) cases")
            }
        }
    }

    @Test func `the properties due with the first capability are listed`() throws {
        let due = Set(try PropertyMapTests.listed().filter(\.isDue).map(\.id))
        let promised = Set((2...8).map { "B\($0)" } + (17...22).map { "B\($0)" } + (1...3).map { "F\($0)" })
        #expect(promised.subtracting(due).isEmpty)
    }

    @Test func `no test carries a number that the map does not know`() throws {
        let known = Set(try PropertyMapTests.listed().map(\.id))
        let files = FileManager.default.enumerator(at: PropertyMapTests.testsFolder, includingPropertiesForKeys: nil)
        var seen = 0
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "swift" else { continue }
            for match in try String(contentsOf: file, encoding: .utf8).matches(of: #/@Test\(\s*"([BF][0-9]+): /#) {
                seen += 1
                #expect(known.contains(String(match.1)), "\(match.1) in \(file.lastPathComponent) is not in PROPERTIES.md")
            }
        }
        #expect(seen > 0)
    }
}
