import Pipelines
import Postgres

/// The SQL that a finding offers where no migration is there yet; people read it before they run it.
enum CureSQL {
    static func widen(_ column: String, _ table: String) -> String { alter(column, "text", table) }

    static func alter(_ column: String, _ type: String, _ table: String) -> String { "ALTER TABLE \(table) ALTER COLUMN \(quoted(column)) TYPE \(type);" }

    static func add(_ column: String, _ type: String, _ table: String) -> String { "ALTER TABLE \(table) ADD COLUMN \(quoted(column)) \(type);" }

    /// Fails on rows that are there twice already, which then have to be looked at: which one is right, only people know.
    static func unique(_ stream: StreamDefinition, _ table: String) -> String {
        "ALTER TABLE \(table) ADD UNIQUE (\(stream.key.map(quoted).joined(separator: ", ")));"
    }

    static func create(_ stream: StreamDefinition, _ table: String) -> String {
        var lines = stream.columns.map { column in
            let isKey = stream.key.contains { $0.utf8.elementsEqual(column.to.utf8) }
            return "    \(quoted(column.to)) \(TypeFit.column(for: column.type))\(isKey ? " NOT NULL" : "")"
        }
        if case .soft(let column) = stream.deletes { lines.append("    \(quoted(column)) timestamptz") }
        let own = ["created_at timestamptz NOT NULL DEFAULT now()", "synced_at timestamptz", "db_updated_at timestamptz"]
        lines += own.filter { line in stream.column(to: String(line.prefix { $0 != " " })) == nil }.map { "    " + $0 }
        lines.append("    PRIMARY KEY (\(stream.key.map(quoted).joined(separator: ", ")))")
        return "CREATE TABLE \(table) (\n\(lines.joined(separator: ",\n"))\n);"
    }

    /// Names were checked when the pipeline file was read; one that still can't be quoted is shown as it is and refused by PostgreSQL.
    static func quoted(_ name: String) -> String { (try? Identifier(name).quoted) ?? name }
}
