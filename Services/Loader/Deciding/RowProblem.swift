import Failures
import Pipelines
import Postgres
import Records
import Schema

/// Why one row cannot land, in names, lengths and codes (invariant 10).
struct RowProblem: Equatable, Sendable {
    var category: ErrorCategory
    /// SQLSTATE.
    var code: String
    var column: String?
    /// As in `character varying(50)`, at that moment.
    var columnDefinition: String?
    var constraint: String?
    /// In characters.
    var valueLength: Int?
    var message: String

    /// Whether the session's memory may be at fault instead of the row: PL/pgSQL keeps the types of a trigger's row for as long as a session
    /// lasts, and after an ALTER of the table refuses each row with 42804 ("type of parameter … does not match that when preparing the plan").
    var mayBeOfOldPlan: Bool { code == "42804" }

    /// A row whose transaction is given up each time, though PostgreSQL refuses no value of it.
    static func aborts(_ code: String) -> RowProblem {
        RowProblem(category: .unknown, code: code, message: "the row's transaction is given up each time with \(code), while its neighbours would commit")
    }
}

/// Rows were refused for what the session may remember of an older table: the batch is done again in a new one, and its answer holds.
struct OldPlan: Error {}

extension StreamTarget {
    /// What is wrong with the first value that does not fit its column, in the layout's order; nil when PostgreSQL may be asked.
    func problem(of row: ChangeRow) -> RowProblem? {
        guard row.operation == .upsert else { return nil }
        for (index, field) in row.fields.enumerated() {
            switch field {
            case .absent: continue
            case .blank: if let problem = problem(ofBlankAt: index) { return problem }
            case .value(var text):
                let problem = text.withUTF8 { utf8 in self.problem(of: UnsafeRawBufferPointer(utf8), at: index, mayHoldNUL: true) }
                if let problem { return problem }
            }
        }
        return nil
    }

    func problem(ofBlankAt index: Int) -> RowProblem? {
        guard !columns[index].isNullable else { return nil }
        return problem(at: index, ValueProblem(sqlState: "23502", message: "is blank, and the column is NOT NULL"))
    }

    func problem(of value: UnsafeRawBufferPointer, at index: Int, mayHoldNUL: Bool) -> RowProblem? {
        if mayHoldNUL, value.contains(0) {
            return problem(at: index, ValueProblem(sqlState: "22021", message: "holds a NUL character, which PostgreSQL cannot store; remove it at the source"))
        }
        return types[index].problem(with: value).map { problem(at: index, $0) }
    }

    private func problem(at index: Int, _ value: ValueProblem) -> RowProblem {
        let column = columns[index]
        return RowProblem(
            category: ErrorCategory(sqlState: value.sqlState), code: value.sqlState, column: column.name, columnDefinition: column.typeName,
            valueLength: value.length, message: "\(definition.table).\(column.name) is \(column.typeName): \(value.message)")
    }

    /// What PostgreSQL refused, after all that could be checked before it.
    func problem(_ error: PostgresError, _ category: ErrorCategory) -> RowProblem {
        let column = error.column.flatMap { table.column($0) }
        return RowProblem(
            category: category, code: error.code, column: column?.name ?? error.column, columnDefinition: column?.typeName, constraint: error.constraint,
            message: error.description)
    }
}
