import SampleData
import Testing

@Suite struct SampleTableTests {
    private func csv(_ table: SampleTable) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try table.writeCSV { bytes += $0 }
        return bytes
    }

    @Test func `every row has all columns, and the same bytes everywhere`() throws {
        let bytes = try csv(SampleTable(rows: 2_000, seed: 1))
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        #expect(lines.count == 2_001)
        #expect(lines.allSatisfy { $0.count { $0 == UInt8(ascii: ",") } == 44 })
        #expect(lines.indices.dropFirst().allSatisfy { lines[$0].starts(with: "\($0),".utf8) })
        #expect(fnv1a(bytes) == 3_880_268_209_014_588_826)
    }

    @Test func `a change record of 45 columns has about 1.36 kB`() throws {
        let table = SampleTable(rows: 1_000, seed: 1)
        let names = table.header.reduce(0) { $0 + $1.utf8.count + #"":"","#.utf8.count }
        let values = try csv(table).count / 1_000 - 45
        #expect((1_250...1_450).contains(names + values + 300), "\(names + values + 300) bytes with an envelope of 300")
    }

    @Test func `another edition changes one column of every row and nothing else`() throws {
        let first = try csv(SampleTable(rows: 300, seed: 5)).split(separator: UInt8(ascii: "\n"))
        let second = try csv(SampleTable(rows: 300, seed: 5, edition: 2)).split(separator: UInt8(ascii: "\n"))
        for (before, after) in zip(first, second).dropFirst() {
            let (a, b) = (
                before.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false),
                after.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            )
            #expect(a.indices.filter { a[$0] != b[$0] } == [1])
        }
    }
}
