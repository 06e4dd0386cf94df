/// A wide table of any length for measurements: mostly text, few nulls, about 1.36 kB a change record at 45 columns.
///
/// A row is made from its number alone, so millions of them are written in constant memory, and in two editions of a table the same rows differ.
public struct SampleTable: Sendable {
    public let rows: Int
    public let seed: UInt64
    /// The first is `id`, the key.
    public let header: [String]
    /// Of which edition the rows are: every row of another edition differs in one column, `text_1`, and in no other.
    public let edition: Int

    private enum Kind: CaseIterable {
        case text, code, words, japanese, integer, decimal, date, flag, sparse

        var word: String {
            switch self {
            case .text: "text"
            case .code: "code"
            case .words: "words"
            case .japanese: "kana"
            case .integer: "count"
            case .decimal: "amount"
            case .date: "day"
            case .flag: "flag"
            case .sparse: "rare"
            }
        }
    }

    private let kinds: [Kind]
    private static let pattern: [Kind] = [
        .text, .code, .words, .words, .japanese, .integer, .text, .words, .decimal, .date, .code, .words, .text, .flag, .sparse,
    ]
    private static let words = ["north", "harbour", "copper", "meadow", "signal", "winter", "ladder", "pepper", "violet", "canyon", "marble", "thread"]

    public init(rows: Int, columns: Int = 45, seed: UInt64, edition: Int = 0) {
        precondition(rows >= 0 && columns >= 2)
        (self.rows, self.seed, self.edition) = (rows, seed, edition)
        kinds = (1..<columns).map { Self.pattern[($0 - 1) % Self.pattern.count] }
        header = ["id"] + kinds.enumerated().map { "\($0.element.word)_\($0.offset + 1)" }
    }

    /// The whole table as CSV, UTF-8, LF, handed out in pieces of about a megabyte.
    public func writeCSV(_ write: ([UInt8]) throws -> Void) throws {
        let pieceBytes = 1 << 20
        var piece = Array((header.joined(separator: ",") + "\n").utf8)
        piece.reserveCapacity(pieceBytes + 8_192)
        for row in 0..<rows {
            appendRow(row, to: &piece)
            if piece.count >= pieceBytes {
                try write(piece)
                piece.removeAll(keepingCapacity: true)
            }
        }
        try write(piece)
    }

    /// One row as CSV with its line break; `row` counts from 0.
    public func appendRow(_ row: Int, to bytes: inout [UInt8]) {
        var random = SampleRandom(seed: seed, UInt64(row), 7)
        append(row + 1, to: &bytes)
        for (index, kind) in kinds.enumerated() {
            bytes.append(UInt8(ascii: ","))
            append(kind, &random, to: &bytes)
            if index == 0, edition > 0 {
                bytes.append(UInt8(ascii: "v"))
                append(edition, to: &bytes)
            }
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    private func append(_ kind: Kind, _ random: inout SampleRandom, to bytes: inout [UInt8]) {
        let roll = random.next()
        let (low, high) = (Int(roll & 0xFFFF), Int(roll >> 16 & 0xFFFF))
        switch kind {
        case .text:
            for step in 0..<3 { append(Self.words[Int(roll >> (UInt64(step) * 8) & 0xFF) % Self.words.count], separator: step > 0, to: &bytes) }
        case .words:
            for step in 0..<2 { append(Self.words[Int(roll >> (UInt64(step) * 8) & 0xFF) % Self.words.count], separator: step > 0, to: &bytes) }
        case .code:
            for step in 0..<12 { bytes.append(UInt8(ascii: "A") + UInt8(roll >> (UInt64(step) * 5) & 0xF)) }
        case .japanese:
            bytes.append(contentsOf: "見本".utf8)
            for step in 0..<3 { bytes.append(contentsOf: [0xE3, 0x82, 0xA2 + UInt8(roll >> (UInt64(step) * 4) & 0xF)]) }  // Katakana from ア on.
        case .integer: append(low, to: &bytes)
        case .decimal:
            append(high, to: &bytes)
            bytes.append(UInt8(ascii: "."))
            append(low % 90 + 10, to: &bytes)
        case .date:
            append(2_000 + low % 26, to: &bytes)
            for part in [high % 12 + 1, (low >> 8) % 28 + 1] {
                bytes.append(contentsOf: part < 10 ? [UInt8(ascii: "-"), UInt8(ascii: "0")] : [UInt8(ascii: "-")])
                append(part, to: &bytes)
            }
        case .flag: bytes.append(contentsOf: (low & 1 == 0 ? "true" : "false").utf8)
        case .sparse: if low % 4 != 0 { append(Self.words[high % Self.words.count], separator: false, to: &bytes) }
        }
    }

    private func append(_ word: String, separator: Bool, to bytes: inout [UInt8]) {
        if separator { bytes.append(UInt8(ascii: " ")) }
        bytes.append(contentsOf: word.utf8)
    }

    private func append(_ number: Int, to bytes: inout [UInt8]) { bytes.append(contentsOf: String(number).utf8) }
}
