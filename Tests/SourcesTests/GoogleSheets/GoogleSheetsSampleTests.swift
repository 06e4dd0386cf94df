import Mapping
import SampleData
import Sources
import TestSupport
import Testing

@Suite struct `The sample spreadsheet, read as a Google sheet` {
    @Test func `arrives cell by cell as it was made, with what people see wherever a format decides that`() async throws {
        let sample = SampleSheet.buyers(seed: 7)
        try await withSheetsStandIn(sample.grid) { google in
            let source = try source(reading: google, tab: SampleSheet.tab)
            let header = try await source.open()
            #expect(header == sample.grid.texts(row: 1))
            try await source.wantShown(Set(header.indices))
            var row = 1, differing = 0
            let certificate = try await source.rows { read in
                row += 1
                for column in header.indices where differing < 10 {
                    let cell = sample.grid[row: row, column: column]
                    let text = read.text(column), shown = read.shown(column)
                    let given = read.kind(column) == .boolean ? text.uppercased() : text  // Sources say true, sheets show TRUE.
                    let isSame = given.utf8.elementsEqual(cell.text.utf8) && (shown ?? text).utf8.elementsEqual(cell.shown.utf8)
                    if read.number != row || !isSame {
                        Issue.record("\(source.address(row: row, column: column)) is \(text) and shown \(shown ?? "not at all")")
                        differing += 1
                    }
                }
            }
            #expect(certificate.rows == sample.grid.rows.count - 1)
        }
    }
}
