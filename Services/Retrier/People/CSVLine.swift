/// Lines of a CSV file that people open in a spreadsheet program: RFC 4180, in UTF-8 with its mark, so that Japanese is read as Japanese.
enum CSVLine {
    /// Excel reads a file without it in the code page of the machine.
    static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// One record with its CR LF: https://www.rfc-editor.org/rfc/rfc4180#section-2
    static func bytes(_ cells: [String]) -> [UInt8] {
        var line: [UInt8] = []
        for (place, cell) in cells.enumerated() {
            if place > 0 { line.append(UInt8(ascii: ",")) }
            append(cell, to: &line)
        }
        return line + [0x0D, 0x0A]
    }

    private static func append(_ cell: String, to line: inout [UInt8]) {
        let isQuoted = cell.utf8.contains { byte in [0x0D, 0x0A, UInt8(ascii: ","), UInt8(ascii: "\"")].contains(byte) }
        if isQuoted { line.append(UInt8(ascii: "\"")) }
        if isFormula(cell) { line.append(UInt8(ascii: "'")) }
        for byte in cell.utf8 {
            if byte == UInt8(ascii: "\"") { line.append(byte) }
            line.append(byte)
        }
        if isQuoted { line.append(UInt8(ascii: "\"")) }
    }

    /// Whether a spreadsheet program would compute the cell instead of showing it; an apostrophe before it makes it a text.
    /// The full-width forms count in Japanese Excel. https://owasp.org/www-community/attacks/CSV_Injection
    private static func isFormula(_ cell: String) -> Bool {
        guard let first = cell.unicodeScalars.first else { return false }
        return ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"].contains(first)
    }
}
