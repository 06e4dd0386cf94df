/// A row that a person can mend at its source: a line of `retrier export`. It holds no value of the row (invariant 10).
struct Reject: Sendable, Equatable {
    var pipeline: String, stream: String
    /// Nil when the row has no usable key.
    var key: String?
    var row: Int64?
    var cell: String?
    var field: String?
    var category: String
    /// A rule of the mapper, or a SQLSTATE.
    var rule: String
    /// In characters.
    var valueLength: Int64?
    var columnDefinition: String?
    var constraint: String?
    var message: String
    /// The row was never sent: its message is written for whoever mends the cell.
    var isUnsent: Bool

    static let header = ["pipeline", "stream", "key", "row", "cell", "field", "rule", "value_length", "column_definition", "suggestion"]

    /// In the order of `header`.
    var cells: [String] {
        [
            pipeline, stream, key ?? "", row.map { "\($0)" } ?? "", cell ?? "", field ?? "", rule, valueLength.map { "\($0)" } ?? "", columnDefinition ?? "",
            suggestion,
        ]
    }

    /// What to do at the source, in plain words.
    var suggestion: String {
        if isUnsent { return message }
        let name = constraint.map { " (constraint \($0))" } ?? ""
        switch (category, rule) {
        case ("field_length", _):
            guard let most = charactersMax else { return "Shorten the value, or have its column widened." }
            return "Shorten the text to \(most) characters" + (valueLength.map { " (it has \($0))" } ?? "") + ", or have its column widened."
        case ("data_type", _): return "Write a value that fits " + (columnDefinition.map { "the column's type, \($0)." } ?? "the column's type.")
        case ("constraint_violation", "23505"): return "Another row has this value already\(name); change one of the two."
        case ("constraint_violation", "23503"): return "The row it refers to is missing\(name); add that one, or correct the reference."
        case ("constraint_violation", "23502"): return "Fill in the cell; the column must not be blank."
        case ("constraint_violation", _): return "The row breaks a rule of the table\(name); correct it."
        default: return "Nothing to mend at the source is known; a person must look at \(rule)."
        }
    }

    /// Of `character varying(50)`.
    private var charactersMax: Int? {
        guard let definition = columnDefinition, definition.hasPrefix("character"), let open = definition.firstIndex(of: "(") else { return nil }
        return Int(definition[definition.index(after: open)...].prefix { $0 != ")" })
    }
}
