import Glibc
import Pipelines
import TestSupport
import Testing

@testable import Sources

/// What people give a CSV source by mistake: each is refused with the place, the reason and the cure.
@Suite struct CSVBadFileTests {
    struct Bad: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        var definition: @Sendable (String) -> CSVDefinition = { CSVDefinition(path: $0) }
        /// What the error's text says, after the file's path.
        let says: [String]

        init(_ name: String, _ bytes: [UInt8], says: [String], _ definition: @escaping @Sendable (String) -> CSVDefinition = { CSVDefinition(path: $0) }) {
            (testDescription, self.bytes, self.definition, self.says) = (name, bytes, definition, says)
        }

        init(_ name: String, _ text: String, says: [String], _ definition: @escaping @Sendable (String) -> CSVDefinition = { CSVDefinition(path: $0) }) {
            self.init(name, Array(text.utf8), says: says, definition)
        }
    }

    static let bads: [Bad] = [
        Bad("an empty file", "", says: [": is empty, it has not even a header"]),
        Bad("a byte order mark alone", [0xEF, 0xBB, 0xBF], says: [": is empty"]),
        Bad("a blank header", ",,\n1,2,3\n", says: [":1: the header (row 1) is blank", "headerRow"]),
        Bad("a header beyond the end", "a,b\n1,2\n", says: [": has 2 rows, but the header is expected in row 3"]) { CSVDefinition(path: $0, headerRow: 3) },
        Bad("a binary file", [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0, 0, 0], says: [":1: column 1 (A): a zero byte", "utf-16le"]),
        Bad("a zero byte in a later row", "a,b\n1,2\n3,\"4\0\"\n", says: [":3: column 2 (B): a zero byte"]),
        Bad("UTF-16 without a mark", Array("a,b\n".utf16).flatMap { [UInt8($0), 0] }, says: [":1: column 1 (A): a zero byte", "utf-16le"]),
        Bad("an open quote at the end", "a,b\n1,\"2\n3,4\n", says: [":2: column 2 (B): the quote opened here is never closed"]),
        Bad("a cut within a doubled quote", "a,b\n1,\"2\"\"", says: [":2: column 2 (B): the quote opened here is never closed"]),
        Bad("a stray quote", "a,b\n1,2\"x\n", says: [":2: column 2 (B): a quote stands inside a cell", "double the quotes"]),
        Bad("text after a closing quote", "a,b\n\"1\"x,2\n", says: [":2: column 1 (A): text follows a closing quote"]),
        Bad("a row longer than the header", "a,b\n1,2\n\"x\ny\",2,3\n", says: [":4: more cells than the header has (2)", "not quoted"]),
        Bad("semicolons under a comma pipeline", "a;b;c\n1;2;3\n", says: [":1: the header is one cell, with 2 semicolons in it; set delimiter:"]),
        Bad("tabs under a comma pipeline", "a\tb\n", says: ["with 1 tabs in it"]),
        Bad(
            "Shift_JIS read as UTF-8", [0x61, 0x2C, 0x62, 0x0A, 0x31, 0x2C, 0x83, 0x65, 0x0A],
            says: [":2: column 2 (B): the bytes at offset 6 are not UTF-8", "shift_jis"]),
        Bad("a cut UTF-8 character", [0x61, 0x0A, 0xE3, 0x81], says: [":2: column 1 (A): the file ends in the middle of a character at offset 2"]),
        Bad("an overlong form", [0x61, 0x0A, 0xC0, 0x80, 0x0A], says: [":2: column 1 (A): the bytes at offset 2 are not UTF-8"]),
        Bad("a UTF-8 surrogate", [0x61, 0x0A, 0x78, 0xED, 0xA0, 0x80, 0x78, 0x78, 0x0A], says: ["the bytes at offset 3 are not UTF-8"]),
        Bad("a cut Shift_JIS character", [0x61, 0x0A, 0x83], says: [":2: the file ends in the middle of a character at offset 2"]) {
            CSVDefinition(path: $0, encoding: .shiftJIS)
        },
        Bad("no Shift_JIS", [0x61, 0x0A, 0x62, 0x0A, 0x83, 0x20, 0x0A], says: [":3: the bytes at offset 4 are not shift_jis"]) {
            CSVDefinition(path: $0, encoding: .shiftJIS)
        },
        Bad("a lone UTF-16 surrogate", [0xFF, 0xFE, 0x61, 0, 0x0A, 0, 0x00, 0xD8, 0x61, 0], says: [":2: the bytes at offset 6 are not utf-16le"]),
        Bad("half a UTF-16 unit", [0xFE, 0xFF, 0, 0x61, 0, 0x0A, 0], says: ["the file ends in the middle of a character at offset 6"]),
        Bad("UTF-8 said, UTF-16 marked", [0xFF, 0xFE, 0x61, 0], says: ["byte order mark of UTF-16", "encoding: says utf-8"]) {
            CSVDefinition(path: $0, encoding: .utf8)
        },
        Bad("UTF-16 said, no mark", "a,b\n", says: ["has no UTF-16 byte order mark", "utf-16le or utf-16be"]) { CSVDefinition(path: $0, encoding: .utf16) },
    ]

    @Test(arguments: bads)
    func `is refused with its place and its cure`(bad: Bad) async throws {
        let folder = try ScratchFolder()
        let path = try folder.write(bad.bytes, to: "bad.csv")
        let error = await failure(CSVSource(bad.definition(path)))
        #expect(error?.kind == .unusable)
        #expect(error?.description.hasPrefix(path) == true)
        let text = error?.description ?? "nothing was thrown"
        for part in bad.says { #expect(text.contains(part), "\(text)") }
    }

    @Test func `no such file, a directory, a pipe and a forbidden file are told apart`() async throws {
        let folder = try ScratchFolder()
        #expect(mkfifo(folder.path + "/pipe.csv", 0o600) == 0)
        let cases: [(path: String, kind: SourceError.Kind, says: String)] = [
            (folder.path + "/none.csv", .unusable, "there is no such file"), (folder.path, .unusable, "is a directory"),
            (folder.path + "/pipe.csv", .unusable, "is no regular file"), (folder.path + "/none/a.csv", .unusable, "there is no such file"),
        ]
        for (path, kind, says) in cases {
            let error = await failure(CSVSource(CSVDefinition(path: path)))
            #expect(error?.kind == kind)
            #expect(error?.description.contains(says) == true, "\(error?.description ?? "nothing was thrown")")
        }
        guard geteuid() != 0 else { return }  // root may read everything
        let path = try folder.write([0x61], to: "forbidden.csv")
        #expect(chmod(path, 0) == 0)
        #expect(await failure(CSVSource(CSVDefinition(path: path)))?.kind == .unreachable)
    }

    @Test func `a missing quote does not pull a file larger than the limit into memory`() async throws {
        let folder = try ScratchFolder()
        let path = try folder.write(Array("a,b\n1,\"".utf8) + [UInt8](repeating: 0x78, count: 5_000), to: "long.csv")
        let error = await failure(CSVSource(CSVDefinition(path: path), .init(pieceBytes: 64, recordBytesMax: 1_000)))
        #expect(error?.description.contains(":2: this record is longer than 1000 bytes") == true, "\(error?.description ?? "nothing was thrown")")
    }

    @Test func `no error shows a value`() async throws {
        let folder = try ScratchFolder()
        for bad in CSVBadFileTests.bads {
            let secret = Array("SECRET,".utf8)
            let path = try folder.write(secret + bad.bytes, to: "bad.csv")
            let error = await failure(CSVSource(bad.definition(path)))
            #expect(error?.description.contains("SECRET") != true)
        }
    }

    /// What opening and reading throws; nil when nothing is wrong with the file.
    private func failure(_ source: CSVSource) async -> SourceError? {
        do {
            _ = try await source.open()
            _ = try await source.rows { _ in }
            return nil
        } catch let error as SourceError {
            return error
        } catch {
            Issue.record("expected a SourceError, got \(error)")
            return nil
        }
    }
}
