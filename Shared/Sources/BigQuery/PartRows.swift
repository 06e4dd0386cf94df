import Hashing
import Mapping

/// The rows of one part, all cells in one run of bytes: 60,000 rows are some megabytes, where values would be hundreds.
struct PartRows: Sendable {
    /// Mapped columns, in the order of the cells.
    let columns: [String]
    private(set) var count = 0
    private(set) var bytes: [UInt8] = []
    /// Of each row its compared key and then its cells: where each ends, and what it is.
    private var ends: [UInt32] = []
    private var kinds: [SourceRow.Kind] = []

    init(columns: [String]) { self.columns = columns }

    private var width: Int { columns.count + 1 }

    /// Adds a row.
    /// - Parameters:
    ///   - key: as keys compare; empty for none.
    ///   - cells: one for each column.
    mutating func append(key: [UInt8], cells: [(kind: SourceRow.Kind, content: [UInt8])]) {
        precondition(cells.count == columns.count)
        append(.text, key)
        for cell in cells { append(cell.kind, cell.content) }
        count += 1
    }

    private mutating func append(_ kind: SourceRow.Kind, _ content: [UInt8]) {
        bytes.append(contentsOf: content)
        ends.append(UInt32(bytes.count))
        kinds.append(kind)
    }

    /// The bytes of a row's key in `bytes`; empty for none.
    func key(_ row: Int) -> Range<Int> { range(row * width) }

    /// Adds a row's cells to a row of the source.
    func append(_ row: Int, to source: inout SourceRow) {
        bytes.withUnsafeBytes { bytes in
            for place in row * width + 1..<(row + 1) * width { source.append(kinds[place], UnsafeRawBufferPointer(rebasing: bytes[range(place)])) }
        }
    }

    /// Whether two rows say the same in every column.
    func areEqual(_ a: Int, _ b: Int) -> Bool {
        let (first, second) = (a * width, b * width)
        return (1..<width).allSatisfy { kinds[first + $0] == kinds[second + $0] && bytes[range(first + $0)].elementsEqual(bytes[range(second + $0)]) }
    }

    /// XXH3 over all that the rows hold.
    var fingerprint: UInt64 { xxh3(bytes) ^ ends.withUnsafeBytes { xxh3($0) } }

    private func range(_ place: Int) -> Range<Int> { Int(place == 0 ? 0 : ends[place - 1])..<Int(ends[place]) }
}
