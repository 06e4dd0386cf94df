import CommandLines
import Records

/// An entry as people name it: by its id (`buyers/6666@42.4120`), or by the key of its messages (`buyers/6666`).
struct EntryName: Sendable {
    /// As it was typed.
    let text: String
    let stream: String
    /// As in `record_key`.
    let recordKey: String
    /// Whether it names one change, and not whatever waits of the key.
    let isID: Bool

    /// - Throws: `UsageError` for a word that can be neither.
    init(_ text: String) throws {
        // A key has its `@` and `/` percent-encoded, so the first of each is ours. Bytes, since a combining mark behind one would hide it.
        let end = text.utf8.firstIndex(of: UInt8(ascii: "@")) ?? text.endIndex
        guard let slash = text.utf8[..<end].firstIndex(of: UInt8(ascii: "/")), slash > text.startIndex,
            let stream = RecordKey(encoded: String(text[..<slash])).values?.first
        else { throw UsageError(problem: "`\(text)` names no entry; expected its id, as in buyers/6666@42.4120, or its message key, as in buyers/6666") }
        (self.text, self.stream, recordKey) = (text, stream, String(text[text.utf8.index(after: slash)..<end]))
        isID = end < text.endIndex
    }
}
