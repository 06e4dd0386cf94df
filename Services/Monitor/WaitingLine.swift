import Books
import JSONText
import Reporting

extension WaitingRows {
    /// `buyers/buyers: 356 rows waiting (field_length 22001 in buyers.remarks): 350 being retried, 6 tried for the last time`
    var line: String {
        let cause = [category, code].compactMap(\.self).joined(separator: " ")
        let place = constraint.map { "constraint \($0)" } ?? [table, column].compactMap(\.self).joined(separator: ".")
        let why = cause.isEmpty ? "no line in the error log" : place.isEmpty ? cause : "\(cause) in \(place)"
        let facts = [
            (retrying, "being retried"), (permanent, "tried for the last time"), (dropped, "let go by a person"),
            (refused, "in no retry queue, for the next run to try again"),
        ]
        let states = facts.filter { $0.0 > 0 }.map { "\(grouped($0.0)) \($0.1)" }
        return "\(pipeline)/\(stream): \(count(rows, "row")) waiting (\(why)): \(states.joined(separator: ", "))"
    }

    /// One cause for programs; the last four members add up to `rows`.
    var json: JSONObject {
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        func number(_ value: Int64?) -> JSONValue { value.map { .number(String($0)) } ?? .null }
        return [
            "pipeline": .string(pipeline), "stream": .string(stream), "error_type": text(category), "error_code": text(code), "table_name": text(table),
            "column_name": text(column), "column_definition": text(columnDefinition), "constraint_name": text(constraint), "longest": number(longest),
            "rows": number(rows), "retrying": number(retrying), "permanent": number(permanent), "dropped": number(dropped), "refused": number(refused),
        ]
    }
}
