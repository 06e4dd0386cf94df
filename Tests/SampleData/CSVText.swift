import Foundation

/// Writes rows as CSV in each of the ways that programs do it (RFC 4180 and its neighbours).
public struct CSVText: Sendable {
    public enum Encoding: String, Sendable, CaseIterable {
        case utf8 = "utf-8"
        case utf8WithMark = "utf-8-mark"
        case utf16le = "utf-16le"
        case utf16be = "utf-16be"
        case shiftJIS = "shift_jis"

        /// The byte order mark that goes first.
        public var mark: [UInt8] {
            switch self {
            case .utf8, .shiftJIS: []
            case .utf8WithMark: [0xEF, 0xBB, 0xBF]
            case .utf16le: [0xFF, 0xFE]
            case .utf16be: [0xFE, 0xFF]
            }
        }
    }

    public enum LineBreak: String, Sendable, CaseIterable {
        case lf = "\n"
        case crlf = "\r\n"
        case cr = "\r"
    }

    public struct NotEncodable: Error { public let encoding: Encoding }

    public var delimiter: Character = ","
    public var lineBreak = LineBreak.lf
    public var encoding = Encoding.utf8
    public var quotesAll = false
    /// RFC 4180 leaves it open; Google's export has none.
    public var endsWithLineBreak = true

    public init() {}

    /// The grid as people see it, all rows as wide as the header.
    public func bytes(_ grid: SheetGrid) throws -> [UInt8] {
        let width = grid.rows.first?.count ?? 0
        return try bytes(grid.rows.map { row in row.map(\.shown) + [String](repeating: "", count: max(0, width - row.count)) })
    }

    public func bytes(_ rows: [[String]]) throws -> [UInt8] {
        var text = rows.map { $0.map(cell).joined(separator: String(delimiter)) }.joined(separator: lineBreak.rawValue)
        if endsWithLineBreak, !rows.isEmpty { text += lineBreak.rawValue }
        return encoding.mark + (try encoded(text))
    }

    /// A cell needs quotes when it holds what would end it, or begins with a quote.
    private func cell(_ text: String) -> String {
        let special = Set("\"\r\n;\t|,".utf8)
        guard quotesAll || text.utf8.contains(where: special.contains) else { return text }
        var quoted: [UInt8] = [UInt8(ascii: "\"")]
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") { quoted.append(byte) }
            quoted.append(byte)
        }
        return String(decoding: quoted + [UInt8(ascii: "\"")], as: UTF8.self)
    }

    private func encoded(_ text: String) throws -> [UInt8] {
        switch encoding {
        case .utf8, .utf8WithMark: return Array(text.utf8)
        case .utf16le: return text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        case .utf16be: return text.utf16.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
        case .shiftJIS:
            guard let data = text.data(using: .shiftJIS) else { throw NotEncodable(encoding: encoding) }
            return Array(data)
        }
    }
}
