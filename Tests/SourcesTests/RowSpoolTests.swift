import Foundation
import Mapping
import TestSupport
import Testing

@testable import Sources

@Suite struct RowSpoolTests {
    private struct Row: Equatable {
        var cells: [(SourceRow.Kind, [UInt8])]
        var group: UInt32

        static func == (a: Row, b: Row) -> Bool { a.cells.elementsEqual(b.cells) { $0.0 == $1.0 && $0.1 == $1.1 } }
    }

    private func spool(_ rows: [Row], in folder: String) throws -> RowSpool {
        var writer = try RowSpoolWriter(folder: folder, place: "test")
        var row = SourceRow()
        for entry in rows {
            row.begin(number: 1)
            for (kind, bytes) in entry.cells { row.append(kind, bytes) }
            try writer.append(row, group: entry.group)
        }
        return try writer.finish()
    }

    private func read(_ spool: RowSpool, skipping skips: Set<UInt32> = []) throws -> [Row] {
        var rows: [Row] = []
        let count = try spool.each(skipping: skips) { row in
            #expect(row.number == rows.count + 1)
            rows.append(Row(cells: row.cells.indices.map { (row.kind($0), Array(row.bytes[row.range($0)])) }, group: 0))
        }
        #expect(count == rows.count)
        return rows
    }

    @Test("rows come back byte for byte, in order, without the groups that are skipped", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let kinds: [SourceRow.Kind] = [.empty, .text, .number, .boolean, .absent, .error]
        let rows = (0..<Int.random(in: 0...60, using: &random)).map { index in
            let cells = (0..<Int.random(in: 0...9, using: &random)).map { _ in
                // Now and then a cell is larger than what is read at once.
                let size = Int.random(in: 0...99, using: &random) == 0 ? RowSpoolWriter.bufferBytes + 7 : Int.random(in: 0...40, using: &random)
                return (kinds.randomElement(using: &random) ?? .text, (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) })
            }
            return Row(cells: cells, group: UInt32(index / 3))
        }
        let folder = try ScratchFolder()
        let spool = try spool(rows, in: folder.path)
        #expect(spool.rows == rows.count)
        #expect(try read(spool) == rows)
        let skips = Set((0..<UInt32(20)).filter { _ in Bool.random(using: &random) })
        #expect(try read(spool, skipping: skips) == rows.filter { !skips.contains($0.group) })
        #expect(try read(spool) == rows)
    }

    @Test func `a folder that is none is told, with what to set`() {
        let error = #expect(throws: SourceError.self) { _ = try spool([], in: "/nowhere") }
        #expect(error?.description.contains("no file for its rows can be made in /nowhere") == true)
        #expect(error?.description.contains("TMPDIR") == true)
    }

    @Test(.enabled(if: SmallDisk.isOffered, "this machine lets no test mount a small disk"))
    func `a disk that is full is told, and what was written is no spool`() async throws {
        try await SmallDisk.with(kilobytes: 64) { disk in
            let row = Row(cells: [(.text, [UInt8](repeating: 65, count: 100_000))], group: 0)
            let error = #expect(throws: SourceError.self) { _ = try spool([row], in: disk.path) }
            #expect(error?.kind == .unreachable)
            #expect(error?.description.contains("No space left on device; make room, or set TMPDIR") == true)
        }
    }

    @Test func `the file has no name, so nobody else sees the rows and nothing is left behind`() throws {
        let folder = try ScratchFolder()
        let spool = try spool([Row(cells: [(.text, Array("secret".utf8))], group: 0)], in: folder.path)
        #expect(try names(in: folder.path).isEmpty)
        #expect(spool.rows == 1)
    }

    private func names(in folder: String) throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder) }
}
