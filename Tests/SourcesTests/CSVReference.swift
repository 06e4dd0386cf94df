/// RFC 4180 once more, a byte at a time and without any thought of speed: what the source is held against.
struct CSVReference {
    enum Refused: Error { case quote, width, encoding }

    /// All records, header first, padded to its width.
    static func read(_ bytes: [UInt8], delimiter: UInt8) throws -> [[[UInt8]]] {
        var records: [[[UInt8]]] = [], record: [[UInt8]] = [], cell: [UInt8] = []
        var at = 0, isOpen = false
        func endRecord() throws {
            let raw = record
            guard raw.allSatisfy({ String(validating: $0, as: UTF8.self) != nil }) else { throw Refused.encoding }
            let width = records.first?.count ?? raw.count
            guard raw.count <= width else { throw Refused.width }
            records.append(raw + [[UInt8]](repeating: [], count: width - raw.count))
            (record, isOpen) = ([], false)
        }
        while at < bytes.count {
            isOpen = true
            cell = []
            if bytes[at] == 0x22 {
                at += 1
                while true {
                    guard at < bytes.count else { throw Refused.quote }
                    if bytes[at] != 0x22 {
                        cell.append(bytes[at])
                        at += 1
                    } else if at + 1 < bytes.count, bytes[at + 1] == 0x22 {
                        cell.append(0x22)
                        at += 2
                    } else {
                        at += 1
                        break
                    }
                }
                guard at == bytes.count || [delimiter, 0x0A, 0x0D].contains(bytes[at]) else { throw Refused.quote }
            } else {
                while at < bytes.count, ![delimiter, 0x0A, 0x0D].contains(bytes[at]) {
                    guard bytes[at] != 0x22 else { throw Refused.quote }
                    cell.append(bytes[at])
                    at += 1
                }
            }
            record.append(cell)
            guard at < bytes.count else { break }
            if bytes[at] == delimiter {
                at += 1
                if at == bytes.count { record.append([]) }
            } else {
                at += bytes[at] == 0x0D && at + 1 < bytes.count && bytes[at + 1] == 0x0A ? 2 : 1
                try endRecord()
            }
        }
        if isOpen { try endRecord() }
        return records
    }
}
