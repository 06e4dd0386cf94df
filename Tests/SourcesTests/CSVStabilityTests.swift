import Foundation
import Glibc
import Pipelines
import Sources
import TestSupport
import Testing

/// One run sees one state of the file, or is told that it did not.
@Suite struct CSVStabilityTests {
    private let folder: ScratchFolder
    private let path: String

    init() throws {
        folder = try ScratchFolder()
        path = try folder.write(Array("id,name\n1,one\n2,two\n".utf8), to: "buyers.csv")
    }

    private func expectChanged(_ source: CSVSource, _ take: () throws -> Void = {}) async {
        let error = await #expect(throws: SourceError.self) { _ = try await source.rows { _ in try take() } }
        #expect(error?.kind == .changed)
    }

    @Test func `an edit between opening and reading`() async throws {
        let source = CSVSource(CSVDefinition(path: path))
        _ = try await source.open()
        try folder.write(Array("id,name\n1,one\n".utf8), to: "buyers.csv")
        await expectChanged(source)
    }

    @Test func `a line appended while the file is read`() async throws {
        let source = CSVSource(CSVDefinition(path: path))
        _ = try await source.open()
        await expectChanged(source) {
            let file = try #require(FileHandle(forWritingAtPath: path))
            try file.seekToEnd()
            try file.write(contentsOf: Data("3,three\n".utf8))
            try file.close()
        }
    }

    @Test func `a file that is being written is not called broken where its writer stands`() async throws {
        let path = try folder.write(Array("id,name\n1,one\n2,\"tw".utf8), to: "growing.csv")
        let source = CSVSource(CSVDefinition(path: path))
        _ = try await source.open()
        await expectChanged(source) {
            let file = try #require(FileHandle(forWritingAtPath: path))
            try file.seekToEnd()
            try file.write(contentsOf: Data("o\"\n".utf8))
            try file.close()
        }
    }

    @Test func `another file renamed into place while the file is read`() async throws {
        let source = CSVSource(CSVDefinition(path: path))
        _ = try await source.open()
        let other = try folder.write(Array("id,name\n1,one\n2,two\n".utf8), to: "next.csv")
        await expectChanged(source) { rename(other, path) }
    }

    @Test func `the file deleted while it is read`() async throws {
        let source = CSVSource(CSVDefinition(path: path))
        _ = try await source.open()
        await expectChanged(source) { unlink(path) }
    }

    @Test func `an edit that keeps size and time is found by the hash`() async throws {
        let source = CSVSource(CSVDefinition(path: path))
        _ = try await source.open()
        _ = try await source.rows { _ in }
        var before = stat()
        #expect(stat(path, &before) == 0)
        let descriptor = open(path, O_WRONLY)
        #expect(pwrite(descriptor, "X", 1, 8) == 1)
        close(descriptor)
        var times = [before.st_atim, before.st_mtim]
        #expect(utimensat(AT_FDCWD, path, &times, 0) == 0)
        await expectChanged(source)
    }

    @Test func `a last line that is short and has no line break leaves completeness unproven`() async throws {
        let files: [(text: String, rows: Int, isComplete: Bool)] = [
            ("id,name\n1,one\n2,two\n", 2, true), ("id,name\n1,one\n2,two", 2, true), ("id,name\n1,one\n2", 2, false), ("id,name\n1,one\n2\n", 2, true),
            ("id,name\n", 0, true), ("id,na", 0, false),
        ]
        for (text, rows, isComplete) in files {
            let source = CSVSource(CSVDefinition(path: try folder.write(Array(text.utf8), to: "cut.csv")))
            let certificate = try await source.rows { _ in }
            #expect(certificate.rows == rows && certificate.isComplete == isComplete, "\(text.debugDescription)")
        }
    }

    @Test func `the stamp names size and hash of the whole file`() async throws {
        let certificate = try await CSVSource(CSVDefinition(path: path)).rows { _ in }
        // printf 'id,name\n1,one\n2,two\n' | xxhsum -H3
        #expect(certificate.stamp.hasPrefix("size=20 modified="))
        #expect(certificate.stamp.hasSuffix("xxh3=07912be80a071a90"), "\(certificate.stamp)")
    }
}
