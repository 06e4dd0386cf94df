/// What kind of failure a row met; the words of `error_type` in `sync_error_log`, of failure records and of the retry rules.
public enum ErrorCategory: String, Sendable, CaseIterable, Codable {
    /// The value is longer than its column allows.
    case fieldLength = "field_length"
    /// The value is no date, number or text as its column, or its mapping, wants it.
    case dataType = "data_type"
    /// A rule of the table forbids the row: a key that exists, a parent that does not, a NOT NULL, a CHECK.
    case constraintViolation = "constraint_violation"
    /// No fault of the row: the database is away, busy, full or restarting (invariant 8).
    case transient
    /// Everything else, the table's shape included (class 42).
    case unknown

    /// The category of a server's refusal. https://www.postgresql.org/docs/15/errcodes-appendix.html
    public init(sqlState: String) {
        self =
            switch sqlState {
            case "22001": .fieldLength
            // The column's type and the value's do not go together though each is sound.
            case "42804": .dataType
            case _ where sqlState.hasPrefix("22"): .dataType
            case _ where sqlState.hasPrefix("23"): .constraintViolation
            case _ where ErrorCategory.isOutage(sqlState): .transient
            default: .unknown
            }
    }

    /// Connection (08), authorisation (28), a database that is not there yet (3D), rollback for concurrency (40), resources (53), the
    /// operator (57), the system (58); a server that became read-only (25006); a session ended while idle (25P03); a lock that did not come (55P03).
    private static func isOutage(_ sqlState: String) -> Bool {
        ["08", "28", "3D", "40", "53", "57", "58"].contains(String(sqlState.prefix(2))) || ["25006", "25P03", "55P03"].contains(sqlState)
    }
}
