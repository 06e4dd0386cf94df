import Books
import Reporting

/// Why rows wait and what cures it, for their owner: "356 rows wait: buyers.remarks is varchar(50), longest 812; cure: migrations/buyers/050…".
///
/// - Parameter cure: the migration that cures it, if there is one.
func waitingSentence(_ waiting: WaitingRows, cure: String?) -> String {
    let subject = waiting.rows == 1 ? "1 row waits" : "\(grouped(waiting.rows)) rows wait"
    return "\(subject): \(reason(waiting))" + (cure.map { "; cure: \($0)" } ?? "")
}

private func reason(_ waiting: WaitingRows) -> String {
    let place = [waiting.table, waiting.column].compactMap(\.self).joined(separator: ".")
    let code = waiting.code.map { " (\($0))" } ?? ""
    switch waiting.category {
    case "field_length":
        guard !place.isEmpty, let definition = waiting.columnDefinition else { return "a value is too long\(code)" }
        return "\(place) is \(shortType(definition))" + (waiting.longest.map { ", longest \($0)" } ?? "")
    case "constraint_violation":
        let name = waiting.constraint.map { "constraint \($0)" } ?? (place.isEmpty ? "a constraint" : "a constraint on \(place)")
        return "\(name) refuses them\(code)"
    case "data_type":
        let type = waiting.columnDefinition.map { " is \(shortType($0)) and" } ?? ""
        return "\(place.isEmpty ? "a column" : place)\(type) cannot take the value\(code)"
    default:
        return "\(place.isEmpty ? "the database" : place) refuses them\(code)"
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
