import Pipelines

/// Why a row is not sent: it waits for its source, where a person must correct a cell.
public struct Rejection: Sendable {
    /// What one field's cell broke. Neither holds the cell's value (invariant 10).
    public struct Problem: Sendable, Equatable, CustomStringConvertible {
        /// The target column.
        public let field: String
        /// The cell's column, an index into the header; the first one of a `join`.
        public let column: Int
        /// The header as the source writes it.
        public let header: String
        public let rule: InvalidCell

        /// For `sync_error_log`: the rule in words, without the value.
        public var description: String { "\(field) (\(quoted(header))): \(rule.sentence)" }
    }
    /// Every field that was refused, in the order of the pipeline file; never empty.
    public let problems: [Problem]

    public var first: Problem { problems[0] }
}

/// A rule that a cell broke. The raw value is a stable word for logs and tests.
public enum InvalidCell: String, Error, Sendable, CaseIterable {
    case required, keyBlank = "key_blank", errorCell = "error_cell", nulByte = "nul_byte", notANumber = "not_a_number", notWhole = "not_whole"
    case outOfRange = "out_of_range", notADate = "not_a_date", noYear = "no_year", noSuchDate = "no_such_date", wrongWeekday = "wrong_weekday"
    case notATime = "not_a_time", notATimestamp = "not_a_timestamp", skippedHour = "skipped_hour", unknownWord = "unknown_word"
    case notJSON = "not_json", notAnEmail = "not_an_email", notAPhone = "not_a_phone", belowTiers = "below_tiers"

    /// What is expected, and the cure.
    public var sentence: String {
        switch self {
        case .required: "the cell is blank and the field is required; fill it in, or give the column a `default`"
        case .keyBlank: "the key is blank; without it the row can't be found again, so fill it in"
        case .errorCell: "the source could not compute the cell (as in #REF!); correct its formula"
        case .nulByte: "the text holds a NUL character, which PostgreSQL can't store; delete it in the source"
        case .notANumber: "expected a number, as in 23800000, 2,380 or 2380万円"
        case .notWhole: "expected a whole number, got one with a fraction"
        case .outOfRange: "the number has more digits than the type can hold"
        case .notADate: "expected a date, as in 2025-03-14, 2025/3/14 or 03/14/2025"
        case .noYear: "the date has no year, and none is guessed; write it as 2025/3/14"
        case .noSuchDate: "there is no such day in the calendar"
        case .wrongWeekday: "the weekday written beside the date is not that day's; correct one of them"
        case .notATime: "expected a time of day, as in 14:30, 1430 or 14:30:05"
        case .notATimestamp: "expected a date with a time, as in 2026/05/19 11:24:05"
        case .skippedHour: "that local time was skipped when clocks went forward; correct it in the source"
        case .unknownWord: "the word stands for neither true nor false; add it to `values`"
        case .notJSON: "expected JSON"
        case .notAnEmail: "expected one e-mail address, as in name@example.com"
        case .notAPhone: "expected one phone number of 9 to 15 digits"
        case .belowTiers: "the number is below every tier; add a tier without `from`"
        }
    }
}
