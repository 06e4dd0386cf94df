import Pipelines
import Text

/// The words of a boolean column, ready to be looked up.
struct WordTable: Sendable {
    private(set) var words: [[UInt8]: Bool] = [:]

    init(_ words: BooleanWords) {
        for word in words.isTrue { self.words[WordTable.normal(Array(word.utf8))] = true }
        for word in words.isFalse { self.words[WordTable.normal(Array(word.utf8))] = false }
    }

    /// A ticked checkbox is itself; a number or a text is looked up among the words.
    func read(_ cell: CellContent, _ notes: inout CoercionSet) throws(InvalidCell) -> Bool {
        if cell.kind == .boolean { return cell.bytes.first == UInt8(ascii: "t") }
        guard let value = words[WordTable.normal(cell.bytes)] else { throw .unknownWord }
        notes.note(.word)
        return value
    }

    /// Trimmed, NFKC, ASCII letters small: `ＴＲＵＥ`, `True` and `true` are one word.
    private static func normal(_ word: [UInt8]) -> [UInt8] {
        let composed = word.withUnsafeBufferPointer { nfkc($0) } ?? word
        return trimmingWhiteSpace(composed).map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    }
}
