/// Rows that the database owes the source for one reason, as the view `rows_waiting` groups them.
struct WaitingRows: Sendable, Equatable {
    var rows: Int
    var errorType: String
    var errorCode: String
    var table: String?
    var column: String?
    /// As in `character varying(50)`.
    var definition: String?
    var constraint: String?
    /// In characters.
    var longest: Int?
    /// The file that cures it, or what to do; nil when nobody knows.
    var cure: String?

    /// "356 rows wait: buyers.remarks is varchar(50), longest 812; cure: migrations/buyers/050_text_columns.up.sql".
    var sentence: String {
        let subject = rows == 1 ? "1 row waits" : "\(rows) rows wait"
        return "\(subject): \(reason)" + (cure.map { "; cure: \($0)" } ?? "")
    }

    private var reason: String {
        let place = [table, column].compactMap(\.self).joined(separator: ".")
        switch errorType {
        case "field_length":
            guard !place.isEmpty, let definition else { return "a value is too long (\(errorCode))" }
            return "\(place) is \(shortType(definition))" + (longest.map { ", longest \($0)" } ?? "")
        case "constraint_violation":
            let name = constraint.map { "constraint \($0)" } ?? (place.isEmpty ? "a constraint" : "a constraint on \(place)")
            return "\(name) refused them (\(errorCode))"
        case "data_type":
            return "\(place.isEmpty ? "a column" : place)\(definition.map { " is \(shortType($0)) and" } ?? "") cannot take the value (\(errorCode))"
        default:
            return "\(place.isEmpty ? "the database" : place) refused them (\(errorCode))"
        }
    }
}

/// What people call the type that PostgreSQL spells out.
func shortType(_ definition: String) -> String {
    for (long, short) in [("character varying", "varchar"), ("timestamp with time zone", "timestamptz"), ("double precision", "double")]
    where definition.hasPrefix(long) {
        return short + definition.dropFirst(long.count)
    }
    return definition
}
