import Books
import Pipelines
import Postgres
import Schema

/// A stream's layout joined with the table it feeds: what every statement and every check is made from.
struct StreamTarget: Sendable {
    let definition: StreamDefinition
    let layout: StreamLayout
    let table: TableDefinition
    /// Of the table, for SQL text.
    let quotedTable: String
    /// In the layout's order.
    let columns: [ColumnDefinition]
    /// In the layout's order: what a value must be to fit.
    let types: [ColumnType]
    /// In the layout's order: each column's bit in `sync_rows.held`, nil for the key's.
    let positions: [Int?]
    /// How many bits `held` has: a multiple of four, so that it can be written in hexadecimal.
    let heldCount: Int
    /// Which column of the layout a bit stands for, -1 for columns no longer mapped.
    let columnAtPosition: [Int]
    let lockID: Int32
    /// Columns whose values can be found not to fit before PostgreSQL sees them.
    let checkedColumns: [Int]

    var keyCount: Int { layout.keyCount }

    /// Whether an absent field of the column may travel as NULL: a new row then has NULL, which is what leaving it out gives.
    func mayTravelAsNull(_ column: Int) -> Bool { columns[column].isNullable && !columns[column].hasDefault }

    /// Reads the table and gives every new column its bit.
    /// - Throws: 42P01, 42703 when table or column are missing.
    static func load(_ definition: StreamDefinition, pipeline: String, in session: PostgresSession) throws(PostgresError) -> StreamTarget {
        guard let table = try TableDefinition.load(session, definition.table) else {
            throw missing("there is no table \(definition.table); create it, or name another in the pipeline's file", "42P01", definition.table)
        }
        let layout = StreamLayout(definition)
        var columns: [ColumnDefinition] = []
        for column in layout.columns {
            guard let found = table.column(column.name) else {
                throw missing("table \(definition.table) has no column \(column.name), which stream \(definition.name) maps", "42703", definition.table)
            }
            columns.append(found)
        }
        let names = Array(layout.columns.dropFirst(layout.keyCount).map(\.name))
        let bits = try HeldPositions.load(pipeline: pipeline, stream: definition.name, columns: names, in: session)
        let lockID = try FenceLock.lockId(pipeline: pipeline, stream: definition.name, in: session)
        return StreamTarget(definition, layout, table, quotedTable: try TableDefinition.quoted(definition.table), columns, bits, lockID: lockID)
    }

    private init(
        _ definition: StreamDefinition, _ layout: StreamLayout, _ table: TableDefinition, quotedTable: String, _ columns: [ColumnDefinition],
        _ bits: [KeyBytes: Int], lockID: Int32
    ) {
        (self.definition, self.layout, self.table, self.quotedTable, self.columns, self.lockID) = (definition, layout, table, quotedTable, columns, lockID)
        types = columns.map { ColumnType($0) }
        positions = layout.columns.enumerated().map { index, column in index < layout.keyCount ? nil : bits[KeyBytes(column.name)] }
        heldCount = ((bits.values.max() ?? 0) / 4 + 1) * 4
        var columnAtPosition = Array(repeating: -1, count: heldCount)
        for (column, position) in positions.enumerated() { if let position { columnAtPosition[position] = column } }
        self.columnAtPosition = columnAtPosition
        checkedColumns = types.indices.filter { [types] index in types[index] != .text && types[index] != .other }
    }

    private static func missing(_ problem: String, _ sqlState: String, _ table: String) -> PostgresError {
        var error = PostgresError(kind: .refused, sqlState: sqlState, problem: problem)
        error.table = table
        return error
    }
}
