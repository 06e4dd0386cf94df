import Foundation
import Mapping
import Pipelines
import SampleData
import TestSupport
import Testing

/// The buyers' own pipeline file over the sample spreadsheet: what the demo will show, before any service runs.
@Suite struct SampleSheetTests {
    private struct Read {
        var mapper: RowMapper
        var keys: Set<[UInt8]> = []
        var mapped = 0
        var blank: [Int] = []
        var rejected: [(row: Int, rejection: Rejection)] = []
        var partial = 0
    }

    private func read(_ sheet: SampleSheet) throws -> Read {
        let path = Repository.root.appending(path: "ops/pipelines").path
        let pipeline = try #require(try PipelineDirectory(path: path, environment: ["BUYERS_SPREADSHEET_ID": "x"]).load(only: ["buyers"]).first)
        let stream = pipeline.streams[0]
        let header = try HeaderContract.resolve(sheet.grid.texts(row: 1), for: stream)
        #expect(header.inexact == [])
        #expect(header.unmapped.count == 1)
        let limits = Dictionary(uniqueKeysWithValues: stream.columns.map { ($0.to, 50) })
        var read = Read(mapper: RowMapper(stream: stream, header: header, zone: try ZoneRules(named: pipeline.source.timeZone), limits: limits))
        let shown = read.mapper.columnsToShow
        var row = SourceRow()
        var mapped = MappedRow()
        for (index, cells) in sheet.grid.rows.enumerated().dropFirst() {
            row.begin(number: index + 1)
            for (column, cell) in cells.enumerated() { append(cell, isShown: shown.contains(column), to: &row) }
            row.pad(to: header.header.count)
            switch read.mapper.map(row, into: &mapped) {
            case .mapped:
                read.mapped += 1
                read.keys.insert(mapped.recordKeyBytes)
                if mapped.isPartial { read.partial += 1 }
            case .blank: read.blank.append(index + 1)
            case .rejected(let rejection): read.rejected.append((index + 1, rejection))
            }
        }
        return read
    }

    private func append(_ cell: SheetCell, isShown: Bool, to row: inout SourceRow) {
        switch cell.content {
        case .empty: row.appendEmpty()
        case .text(let text): row.append(.text, text.utf8)
        case .number(let digits): row.append(.number, digits.utf8)
        case .boolean(let value): row.append(.boolean, (value ? "true" : "false").utf8)
        case .error(let word): row.append(.error, word.utf8)
        }
        if isShown, let shown = cell.shownOtherwise { row.show(shown.utf8) }
    }

    @Test(arguments: [20_261_121] as [UInt64])
    func `every buyer of the sample maps, 356 of them too long for one column, and only rows without a key are refused`(seed: UInt64) throws {
        let sheet = SampleSheet.buyers(seed: seed)
        let read = try read(sheet)
        let repeats = sheet.repeatedRows.reduce(0) { $0 + $1.count }
        #expect(read.mapped == SampleSheet.buyersCount + repeats)
        #expect(read.keys.count == SampleSheet.buyersCount + sheet.repeatedRows.count)
        #expect(Set(sheet.buyers.map { Array($0.key.utf8) }).isSubset(of: read.keys))
        #expect(read.blank == sheet.blankRows)
        #expect(read.rejected.map(\.row) == sheet.keylessRows)
        #expect(read.rejected.allSatisfy { $0.rejection.problems.map(\.rule) == [.keyBlank] })
        #expect(read.partial == 0)

        let tooLong = read.mapper.tallies.filter { $0.overLimit > 0 }
        #expect(tooLong.map(\.field) == [SampleSheet.longField])
        #expect(tooLong.first?.overLimit == SampleSheet.longCount)
        #expect(tooLong.first?.longestCharacters == SampleSheet.longestCharacters)
        #expect(read.mapper.tallies.allSatisfy { $0.processed == read.mapped + read.rejected.count })
        // The sample is no test of the rules if nothing in it is odd.
        for field in ["reception_date", "next_call_date", "created_datetime"] {
            #expect(read.mapper.tallies.first { $0.field == field }.map { $0.nulled > 0 && $0.coerced > 0 } == true, "\(field)")
        }
        #expect(read.mapper.tallies.first { $0.field == "email" }.map { $0.kept > 0 } == true)
    }
}
