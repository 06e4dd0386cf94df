/// The words of all boolean columns that fit eight bytes of ASCII, each packed into one integer: looked up without a `String` and without a hash.
struct ShortWords: Sendable {
    private var words: [(word: UInt64, value: Bool)] = []

    /// Adds one column's words.
    /// - Returns: which of `words` they are.
    mutating func add(_ table: WordTable) -> Range<Int> {
        let start = words.count
        for (word, value) in table.words.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            if let packed = word.withUnsafeBytes({ ShortWords.pack($0) }) { words.append((packed, value)) }
        }
        return start..<words.count
    }

    /// Nil for a word that is longer, not plain ASCII, or none of these.
    @inline(__always)
    func value(_ text: UnsafeRawBufferPointer, among range: Range<Int>) -> Bool? {
        guard let packed = ShortWords.pack(text) else { return nil }
        for index in range where words[index].word == packed { return words[index].value }
        return nil
    }

    /// Letters small, as `WordTable` has them.
    @inline(__always)
    private static func pack(_ text: UnsafeRawBufferPointer) -> UInt64? {
        guard (1...8).contains(text.count) else { return nil }
        var packed: UInt64 = 0
        for byte in text {
            guard byte > 0x20, byte < 0x7F else { return nil }
            packed = packed << 8 | UInt64((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte)
        }
        return packed
    }
}
