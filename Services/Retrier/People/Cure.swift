import JSONText
import Postgres
import Schema

/// One thing that can bring a waiting entry back.
struct Cure: Sendable, Equatable {
    enum Kind: String, Sendable { case clock, answer, column, source, person }

    var kind: Kind
    var words: String

    /// Everything that the entry waits for.
    static func of(_ entry: WaitingEntry, in session: PostgresSession) throws(PostgresError) -> [Cure] {
        guard entry.next.waitsForColumn, let table = entry.table, let column = entry.column else { return cures(entry, column: .notAsked) }
        guard let definition = try TableDefinition.load(session, table) else { return cures(entry, column: .noTable) }
        return cures(entry, column: definition.column(column).map { .defined($0.typeName) } ?? .noColumn)
    }

    /// What the catalog says of the column that refused the entry.
    enum Column: Sendable, Equatable {
        case notAsked, noTable, noColumn
        /// As in `character varying(50)`.
        case defined(String)
    }

    static func cures(_ entry: WaitingEntry, column: Column) -> [Cure] {
        let source = Cure(kind: .source, words: "its source: a change of the row\(entry.cell.map { " at \($0)" } ?? "") starts it anew")
        let columnCure = columnWords(entry, column).map { [Cure(kind: .column, words: $0)] } ?? []
        switch entry.next.status {
        case .pending:
            let words = "the clock: attempt \(entry.attempts + 1) \(entry.next.words)" + (entry.nextRetryAt.map { " (\($0))" } ?? "")
            return [Cure(kind: .clock, words: words)] + columnCure + [source]
        case .claimed, .sent: return [Cure(kind: .answer, words: "the end of attempt \(entry.attempts + 1), which is under way")]
        case .permanentlyFailed: return columnCure + [source, Cure(kind: .person, words: "a person: `retrier release` gives it a new schedule")]
        case .waitsForSource: return [source]
        case .dropped: return [source, Cure(kind: .person, words: "a person: one let it go; `retrier release` brings it back")]
        }
    }

    private static func columnWords(_ entry: WaitingEntry, _ column: Column) -> String? {
        let place = [entry.table, entry.column].compactMap(\.self).joined(separator: ".")
        let met = entry.columnDefinition ?? "unknown"
        switch column {
        case .notAsked: return nil
        case .noTable: return "its column: \(place) was \(met), and there is no such table now"
        case .noColumn: return "its column: \(place) was \(met), and the table has no such column now"
        case .defined(let present) where present.utf8.elementsEqual(met.utf8): return "its column: \(place) is \(met), as when it refused the row"
        case .defined(let present): return "its column: \(place) was \(met) and is \(present) now; the next sweep releases it"
        }
    }

    var json: JSONObject { ["for": .string(kind.rawValue), "words": .string(words)] }
}
