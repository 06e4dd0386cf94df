import CPostgres

/// The answer to one statement: its rows, or how many it touched. Columns are counted from 0 in the order of the statement.
public final class PostgresRows: RandomAccessCollection {
    private let result: ResultHandle

    init(_ result: consuming ResultHandle) { self.result = result }

    public var startIndex: Int { 0 }
    public var endIndex: Int { Int(PQntuples(result.pointer)) }
    public subscript(row: Int) -> PostgresRow { PostgresRow(rows: self, row: Int32(row)) }

    /// How many rows an INSERT, UPDATE, DELETE, COPY or SELECT handled.
    public var affected: Int { Int(String(cString: PQcmdTuples(result.pointer))) ?? 0 }

    /// The command as the server names what it did: `INSERT 0 1`, `COMMIT`, `ROLLBACK`.
    public var tag: String { String(cString: PQcmdStatus(result.pointer)) }

    /// The one row of an answer that cannot have another number of them.
    /// - Throws: `unexpectedAnswer` for none or several.
    public func only() throws(PostgresError) -> PostgresRow {
        guard count == 1 else { throw PostgresError(kind: .unexpectedAnswer, problem: "Postgres answered \(count) rows; expected one") }
        return self[0]
    }

    /// The bytes of one cell, valid while the rows live; nil for SQL NULL.
    func bytes(row: Int32, column: Int32) -> UnsafeRawBufferPointer? {
        guard PQgetisnull(result.pointer, row, column) == 0 else { return nil }
        return UnsafeRawBufferPointer(start: PQgetvalue(result.pointer, row, column), count: Int(PQgetlength(result.pointer, row, column)))
    }

    func name(of column: Int32) -> String { PQfname(result.pointer, column).map { String(cString: $0) } ?? "\(column)" }
}

/// One row of an answer. SQL NULL and the empty text are different facts: `optional…` gives nil for NULL, the others throw.
public struct PostgresRow {
    let rows: PostgresRows
    let row: Int32

    /// The text as it stands.
    public func optionalText(_ column: Int) -> String? { rows.bytes(row: row, column: Int32(column)).map { String(decoding: $0, as: UTF8.self) } }

    /// - Throws: `unexpectedAnswer` when the cell is not a whole number.
    public func optionalInteger(_ column: Int) throws(PostgresError) -> Int64? { try optional(column, "a whole number") { Int64($0) } }

    /// - Throws: `unexpectedAnswer` when the cell is not a number.
    public func optionalDouble(_ column: Int) throws(PostgresError) -> Double? { try optional(column, "a number") { Double($0) } }

    /// - Throws: `unexpectedAnswer` when the cell is not a boolean.
    public func optionalBoolean(_ column: Int) throws(PostgresError) -> Bool? { try optional(column, "t or f") { $0 == "t" ? true : $0 == "f" ? false : nil } }

    /// - Throws: `unexpectedAnswer` for NULL.
    public func text(_ column: Int) throws(PostgresError) -> String { try required(column, optionalText(column)) }

    /// - Throws: `unexpectedAnswer` for NULL or what is not a whole number.
    public func integer(_ column: Int) throws(PostgresError) -> Int64 { try required(column, try optionalInteger(column)) }

    /// - Throws: `unexpectedAnswer` for NULL or what is not a number.
    public func double(_ column: Int) throws(PostgresError) -> Double { try required(column, try optionalDouble(column)) }

    /// - Throws: `unexpectedAnswer` for NULL or what is not a boolean.
    public func boolean(_ column: Int) throws(PostgresError) -> Bool { try required(column, try optionalBoolean(column)) }

    private func optional<Value>(_ column: Int, _ expected: String, _ read: (String) -> Value?) throws(PostgresError) -> Value? {
        guard let text = optionalText(column) else { return nil }
        guard let value = read(text) else { throw unexpected(column, "is not \(expected)") }
        return value
    }

    private func required<Value>(_ column: Int, _ value: Value?) throws(PostgresError) -> Value {
        guard let value else { throw unexpected(column, "is NULL; expected a value") }
        return value
    }

    private func unexpected(_ column: Int, _ what: String) -> PostgresError {
        PostgresError(kind: .unexpectedAnswer, problem: "Column \(rows.name(of: Int32(column))) of Postgres' answer \(what)")
    }
}
