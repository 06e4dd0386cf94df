import Failures
import Records

/// Failures of one cause: equal code, table, column and constraint in one stream.
struct Incident: Sendable, Equatable {
    static let samplesMax = 5

    var id: String
    var pipeline: String
    var stream: String
    var category: ErrorCategory
    var code: String
    var table: String?
    var column: String?
    var constraint: String?
    /// What to do about it, in words.
    var cure: String
    /// Of failures taken in together.
    var failures: Int64 = 0
    var keys: [String] = []
    var cells: [String] = []
    var longest: Int64?

    static func id(of entry: RetryEntry) -> String {
        id(entry.pipeline, entry.stream, entry.code, entry.table, entry.column, entry.constraint)
    }

    init(_ failure: FailureRecord) {
        id = Incident.id(failure.pipeline, failure.stream, failure.code, failure.table, failure.column, failure.constraint)
        (pipeline, stream) = (failure.pipeline, failure.stream)
        (category, code) = (ErrorCategory(rawValue: failure.category) ?? .unknown, failure.code)
        (table, column, constraint) = (failure.table, failure.column, failure.constraint)
        cure = cureWords(category, code: code, pipeline: pipeline, table: table, column: column, definition: failure.columnDefinition, constraint: constraint)
    }

    mutating func add(_ failure: FailureRecord, length: Int64?) {
        failures += 1
        if let length { longest = max(longest ?? 0, length) }
        guard keys.count < Incident.samplesMax else { return }
        if let key = failure.recordKey?.text { keys.append(key) }
        if let cell = failure.origin.cell { cells.append(cell) }
    }

    private static func id(_ pipeline: String, _ stream: String, _ code: String, _ table: String?, _ column: String?, _ constraint: String?) -> String {
        let place = [table, column].compactMap(\.self).joined(separator: ".")
        return [pipeline, stream, code, place, constraint ?? ""].filter { !$0.isEmpty }.joined(separator: "/")
    }
}

/// What a person does about a cause; the clock cures only what is not listed here.
func cureWords(_ category: ErrorCategory, code: String, pipeline: String, table: String?, column: String?, definition: String?, constraint: String?) -> String {
    let place = [table, column].compactMap(\.self).joined(separator: ".")
    switch category {
    case .fieldLength:
        guard let definition, !place.isEmpty else { return "shorten the values at the source" }
        return
            "\(place) is \(definition): widen it (`monitor migrate --pipeline \(pipeline)`, or ALTER TABLE … ALTER COLUMN … TYPE text), or shorten the values "
            + "at the source; what waits then lands by itself"
    case .dataType:
        guard let definition else { return "mend the cells at the source" }
        return "\(place) is \(definition): mend the cells at the source, or change the column's type; what waits then lands by itself"
    case .constraintViolation:
        let name = constraint.map { "constraint \($0)" } ?? (place.isEmpty ? "a constraint" : "a constraint on \(place)")
        switch code {
        case "23505": return "\(name): another row has this value already; change one of them at the source"
        case "23503": return "\(name): the row it points to is missing; add it first"
        case "23502": return "\(place.isEmpty ? "a column" : place) must not be blank; fill the cell at the source"
        default: return "\(name) refuses the row; mend it at the source, or change the constraint"
        }
    case .transient: return "none needed: it is tried again by itself"
    case .unknown: return "look at the code: https://www.postgresql.org/docs/current/errcodes-appendix.html"
    }
}
