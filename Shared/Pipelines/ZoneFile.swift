import Glibc

/// A zone that this machine's zone data does not have, or has in a form that can't be read.
public struct ZoneError: Error, CustomStringConvertible {
    public let description: String
}

extension ZoneRules {
    /// - Parameter name: an IANA name.
    /// - Throws: `ZoneError` that says what to write or to install instead.
    public init(named name: String) throws(ZoneError) {
        try self.init(named: name, folder: "/usr/share/zoneinfo")
    }

    init(named name: String, folder: String) throws(ZoneError) {
        let letters = name.utf8.allSatisfy { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A || (0x30...0x39).contains($0) || "/_+-".utf8.contains($0) }
        // Letters only, so that no name leads out of the folder.
        guard !name.isEmpty, letters, name.utf8.first != UInt8(ascii: "/") else {
            throw ZoneError(description: "`\(name)` is no time zone; expected an IANA name, as in Asia/Tokyo or UTC")
        }
        guard let file = readFile(folder + "/" + name) else {
            let hint =
                readFile(folder + "/UTC") == nil
                ? "there is no zone data in \(folder); install it (apt-get install tzdata)" : "expected an IANA name, as in Asia/Tokyo or UTC"
            throw ZoneError(description: "the time zone `\(name)` is not known here; \(hint)")
        }
        guard let rules = ZoneRules(name: name, file: file) else { throw ZoneError(description: "\(folder)/\(name) is no zone file (TZif version 2 or later)") }
        self = rules
    }

    /// The second, 64-bit block of a TZif file and its last line. https://www.rfc-editor.org/rfc/rfc9636#section-3
    init?(name: String, file: [UInt8]) {
        guard let first = Header(file, at: 0), first.version >= UInt8(ascii: "2") else { return nil }
        guard let header = Header(file, at: 44 + first.size(timeWidth: 4)) else { return nil }
        let times = header.start + 44
        let kinds = times + header.changes * 8
        let types = kinds + header.changes
        let footer = times + header.size(timeWidth: 8)
        guard header.types > 0, footer <= file.count else { return nil }

        func offset(_ type: Int) -> Int? { type < header.types ? Int(Int32(truncatingIfNeeded: bigEndian(file, types + type * 6, 4))) : nil }
        guard let initial = offset(0) else { return nil }
        var changes: [Int64] = []
        var offsets = [initial]
        for index in 0..<header.changes {
            guard let next = offset(Int(file[kinds + index])) else { return nil }
            changes.append(bigEndian(file, times + index * 8, 8))
            offsets.append(next)
        }
        let line = file[footer...].dropFirst().prefix { $0 != 0x0A }
        self.init(name: name, changes: changes, offsets: offsets, later: line.isEmpty ? nil : DaylightRule(String(decoding: line, as: UTF8.self)))
    }

    private struct Header {
        let start: Int
        let version: UInt8
        let counts: [Int]

        init?(_ file: [UInt8], at start: Int) {
            guard start >= 0, start + 44 <= file.count, file[start..<start + 4].elementsEqual("TZif".utf8) else { return nil }
            self.start = start
            version = file[start + 4]
            counts = (0..<6).map { Int(bigEndian(file, start + 20 + $0 * 4, 4)) }
            guard counts.allSatisfy({ (0...100_000).contains($0) }) else { return nil }
        }

        var changes: Int { counts[3] }
        var types: Int { counts[4] }
        /// Of what follows the header: isutcnt, isstdcnt, leapcnt, timecnt, typecnt, charcnt in this order.
        func size(timeWidth: Int) -> Int { counts[3] * (timeWidth + 1) + counts[4] * 6 + counts[5] + counts[2] * (timeWidth + 4) + counts[1] + counts[0] }
    }
}

private func bigEndian(_ file: [UInt8], _ start: Int, _ width: Int) -> Int64 {
    Int64(truncatingIfNeeded: file[start..<start + width].reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
}

/// The whole of a small regular file; nil when it can't be read.
private func readFile(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 1 << 17)
    var count = 0
    while count < bytes.count {
        let got = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress.map { $0 + count }, $0.count - count) }
        if got < 0 { return nil }
        if got == 0 { break }
        count += got
    }
    return Array(bytes[..<count])
}
