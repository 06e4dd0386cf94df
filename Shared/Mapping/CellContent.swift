/// A cell as the rules for types see it: no place, no row, so each rule can be tried by itself.
struct CellContent: Equatable {
    var kind: SourceRow.Kind
    /// Without white space around it; the digits of a number, the text of a text, `true` or `false`.
    var bytes: [UInt8]

    init(_ kind: SourceRow.Kind, _ text: String) { (self.kind, bytes) = (kind, Array(text.utf8)) }
    init(_ kind: SourceRow.Kind, bytes: [UInt8]) { (self.kind, self.bytes) = (kind, bytes) }
}

/// What a rule made of a cell: the characters of the value, and whether JSON writes them between quotes.
struct FieldValue: Equatable {
    var bytes: [UInt8]
    var isQuoted: Bool

    static func text(_ bytes: [UInt8]) -> FieldValue { FieldValue(bytes: bytes, isQuoted: true) }
    static func text(_ text: String) -> FieldValue { FieldValue(bytes: Array(text.utf8), isQuoted: true) }
    static func literal(_ text: String) -> FieldValue { FieldValue(bytes: Array(text.utf8), isQuoted: false) }
}

/// The coercions of one cell; a cell can undergo several.
struct CoercionSet: Equatable {
    private var bits: UInt32 = 0

    init() {}
    init(_ coercions: [Coercion]) { for coercion in coercions { note(coercion) } }

    var isEmpty: Bool { bits == 0 }
    mutating func note(_ coercion: Coercion) { bits |= 1 << UInt32(coercion.rawValue) }
    func contains(_ coercion: Coercion) -> Bool { bits & 1 << UInt32(coercion.rawValue) != 0 }
    var all: [Coercion] { Coercion.allCases.filter(contains) }
}
