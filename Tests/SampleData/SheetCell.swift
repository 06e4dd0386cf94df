/// One cell of a sheet as the person who edits it left it: what it holds, and what they see.
///
/// Equal means equal bytes: `String ==` takes "か" + U+3099 for "が", and no database does.
public struct SheetCell: Sendable, Hashable {
    /// The kinds a Google sheet knows. Dates and times are numbers there (days since 1899-12-30), only shown as dates.
    public enum Content: Sendable {
        case empty
        case text(String)
        /// The digits as JSON writes them: `45662`, `0.416667`, `23800000`.
        case number(String)
        case boolean(Bool)
        /// The sheet's own word for what it could not compute: `#REF!`, `#N/A`.
        case error(String)
    }

    public var content: Content
    /// What people see where it differs from the content's own text: `1/5` for 45662; nil where it does not differ.
    public var shownOtherwise: String?

    public init(_ content: Content, shown: String? = nil) { (self.content, shownOtherwise) = (content, shown) }

    public static let empty = SheetCell(.empty)
    public static func text(_ text: String) -> SheetCell { text.isEmpty ? .empty : SheetCell(.text(text)) }
    public static func number(_ digits: String, shown: String? = nil) -> SheetCell { SheetCell(.number(digits), shown: shown) }
    public static func number(_ value: Int, shown: String? = nil) -> SheetCell { SheetCell(.number(String(value)), shown: shown) }
    public static func boolean(_ value: Bool) -> SheetCell { SheetCell(.boolean(value)) }
    public static func error(_ word: String) -> SheetCell { SheetCell(.error(word)) }

    /// The content in words: "" when empty, `TRUE` and `FALSE` as the sheet spells them.
    public var text: String {
        switch content {
        case .empty: ""
        case .text(let text): text
        case .number(let digits): digits
        case .boolean(let value): value ? "TRUE" : "FALSE"
        case .error(let word): word
        }
    }

    /// What people see, and what an export as CSV writes.
    public var shown: String { shownOtherwise ?? text }

    public var isEmpty: Bool {
        if case .empty = content { true } else { false }
    }

    private var kind: UInt8 {
        switch content {
        case .empty: 0
        case .text: 1
        case .number: 2
        case .boolean: 3
        case .error: 4
        }
    }

    public static func == (a: SheetCell, b: SheetCell) -> Bool {
        a.kind == b.kind && a.text.utf8.elementsEqual(b.text.utf8) && a.shown.utf8.elementsEqual(b.shown.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        for byte in text.utf8 { hasher.combine(byte) }
        for byte in shown.utf8 { hasher.combine(byte) }
    }
}
