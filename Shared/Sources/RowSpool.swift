import Glibc
import Mapping

/// Rows that were read once and are handed out again and again: a run reads its source in several passes, an API gives each answer once, and
/// memory must not grow with the rows (invariant 11). They lie in a file without a name, which is gone with the last who holds it.
struct RowSpool: Sendable {
    fileprivate let file: SpoolFile
    fileprivate let size: Int
    /// All rows, skipped ones too.
    let rows: Int

    /// Calls `take` with each row, numbered from 1.
    /// - Parameter skips: of which groups the rows are left out; see `RowSpoolWriter.append`.
    /// - Returns: how many rows were handed out.
    func each(skipping skips: Set<UInt32> = [], _ take: (borrowing SourceRow) throws -> Void) throws -> Int {
        var row = SourceRow(), cells: [SourceRow.Cell] = []
        var buffer: [UInt8] = [], position = 0, offset = 0, told = 0
        while true {
            guard let length = try record(&buffer, &position, &offset) else { return told }
            let record = position..<position + length
            position = record.upperBound
            let isTold = buffer.withUnsafeBytes { bytes in
                let record = UnsafeRawBufferPointer(rebasing: bytes[record])
                if skips.contains(record.loadUnaligned(fromByteOffset: 0, as: UInt32.self)) { return false }
                let content = UnsafeRawBufferPointer(rebasing: record[readCells(of: record, into: &cells)...])
                cells.withUnsafeBufferPointer { row.fill(number: told + 1, record: content, cells: $0) }
                return true
            }
            guard isTold else { continue }
            told += 1
            if told % 256 == 0 { try Task.checkCancellation() }
            try take(row)
        }
    }

    /// - Returns: where the content begins.
    private func readCells(of record: UnsafeRawBufferPointer, into cells: inout [SourceRow.Cell]) -> Int {
        cells.removeAll(keepingCapacity: true)
        let count = Int(record.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
        var place = 8, start: Int32 = 0
        for _ in 0..<count {
            let kind = SourceRow.Kind(rawValue: record[place]) ?? .error
            let end = start + Int32(bitPattern: record.loadUnaligned(fromByteOffset: place + 1, as: UInt32.self))
            cells.append(SourceRow.Cell(kind: kind, start: start, end: end))
            (start, place) = (end, place + 5)
        }
        return place
    }

    /// Makes sure that a whole record lies at `position` of the buffer.
    /// - Returns: its length without the length's own bytes; nil at the end.
    private func record(_ buffer: inout [UInt8], _ position: inout Int, _ offset: inout Int) throws -> Int? {
        guard try fill(&buffer, &position, &offset, atLeast: 4) else {
            guard position == buffer.count else { throw file.failure("ends before its rows do") }
            return nil
        }
        let length = Int(buffer.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: position, as: UInt32.self) })
        guard try fill(&buffer, &position, &offset, atLeast: 4 + length) else { throw file.failure("ends before its rows do") }
        position += 4
        return length
    }

    private func fill(_ buffer: inout [UInt8], _ position: inout Int, _ offset: inout Int, atLeast count: Int) throws -> Bool {
        if buffer.count - position >= count { return true }
        buffer.removeFirst(position)
        position = 0
        let wanted = min(max(count, RowSpoolWriter.bufferBytes) - buffer.count, size - offset)
        guard wanted > 0 else { return buffer.count >= count }
        let piece = try file.read(wanted, at: offset)
        offset += piece.count
        buffer += piece
        return buffer.count >= count
    }
}

/// Fills a `RowSpool`.
struct RowSpoolWriter: ~Copyable {
    static let bufferBytes = 1 << 18

    private let file: SpoolFile
    private var buffer: [UInt8] = []
    private var written = 0
    private var rows = 0

    /// - Parameters:
    ///   - folder: where the file lies; one without a name.
    ///   - place: what is read, for errors.
    init(folder: String, place: String) throws(SourceError) { file = try SpoolFile(folder: folder, place: place) }

    /// - Parameter group: a number by which these rows can be left out later.
    mutating func append(_ row: borrowing SourceRow, group: UInt32) throws(SourceError) {
        let length = 8 + row.cells.count * 5 + row.cells.indices.reduce(0) { $0 + row.range($1).count }
        add(UInt32(length))
        add(group)
        add(UInt32(row.cells.count))
        for cell in row.cells.indices {
            buffer.append(row.kind(cell).rawValue)
            add(UInt32(row.range(cell).count))
        }
        for cell in row.cells.indices { buffer += row.bytes[row.range(cell)] }
        rows += 1
        if buffer.count >= Self.bufferBytes { try flush() }
    }

    consuming func finish() throws(SourceError) -> RowSpool {
        try flush()
        return RowSpool(file: file, size: written, rows: rows)
    }

    private mutating func add(_ number: UInt32) { withUnsafeBytes(of: number) { buffer.append(contentsOf: $0) } }

    private mutating func flush() throws(SourceError) {
        try file.write(buffer, at: written)
        written += buffer.count
        buffer.removeAll(keepingCapacity: true)
    }
}

/// A file that has lost its name.
private final class SpoolFile: Sendable {
    private let descriptor: Int32
    private let folder: String
    private let place: String

    init(folder: String, place: String) throws(SourceError) {
        var template = Array("\(folder)/rollcall-rows-XXXXXX".utf8CString)
        descriptor = mkstemp(&template)
        (self.folder, self.place) = (folder, place)
        guard descriptor >= 0 else {
            throw SourceError(.unreachable, place: place, "no file for its rows can be made in \(folder): \(String(cString: strerror(errno))); set TMPDIR")
        }
        unlink(template)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)  // No child process needs the rows.
    }

    deinit { close(descriptor) }

    func write(_ bytes: [UInt8], at offset: Int) throws(SourceError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("cannot be written: \(String(cString: strerror(errno))); make room, or set TMPDIR") }
            done += count
        }
    }

    func read(_ count: Int, at offset: Int) throws(SourceError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        while true {
            let got = pread(descriptor, &bytes, count, off_t(offset))
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { throw failure("cannot be read: \(String(cString: strerror(errno)))") }
            return Array(bytes.prefix(got))
        }
    }

    func failure(_ problem: String) -> SourceError { SourceError(.unreachable, place: place, "the file of its rows in \(folder) \(problem)") }
}
