import Failures
import Pipelines
import Postgres
import Schema

/// The texts of the statements that write one target table. Names are quoted identifiers, values are parameters with their types spelled out.
struct TargetStatements: Sendable {
    private let target: StreamTarget
    private let table: String
    private let names: [String]
    private let keyList: String
    /// Columns that say when a row was last handled, where the table has them and the pipeline does not map them.
    private let stamps: [String]
    private let createdAt: String?
    private let softDelete: String?

    init(_ target: StreamTarget) throws(PostgresError) {
        self.target = target
        table = target.quotedTable
        var names: [String] = []
        for column in target.columns { names.append(try Identifier(column.name).quoted) }
        self.names = names
        keyList = names.prefix(target.keyCount).joined(separator: ", ")
        let isMapped = { (name: String) in target.columns.contains { $0.name == name } }
        let isTime = { (name: String) in ["timestamptz", "timestamp"].contains(target.table.column(name)?.baseType)
        }
        stamps = ["synced_at", "db_updated_at"].filter { !isMapped($0) && isTime($0) }
        createdAt = !isMapped("created_at") && isTime("created_at") ? "created_at" : nil
        if case .soft(let column) = target.definition.deletes { softDelete = try Identifier(column).quoted } else { softDelete = nil }
    }

    /// Rows of a multi-row statement, as far as the protocol's 65,535 parameters allow.
    var rowsMax: Int { max(1, min(100, (65_535 - 16) / names.count)) }

    /// Writes `rows` whole rows, parameters row by row in the layout's order.
    ///
    /// A NULL leaves what the table has (invariant 6). Its one row tells how many were inserted and how many were there.
    func upsert(rows: Int) -> String { "WITH " + writing(rows: rows) { _ in true } + " SELECT inserted, present FROM counted" }

    /// The same, and adds what it counted to the tallies, unless these ordinals were counted before (invariant 4).
    ///
    /// In columns that are not in `keeping`, no parameter may be NULL for a row that exists. Further parameters: run, stream, partition, highest ordinal of the batch, lowest and highest ordinal the tallies may stand at.
    func tallyingUpsert(rows: Int, keeping blanks: BlankColumns) -> String {
        let first = rows * names.count + 1
        return """
            WITH \(writing(rows: rows) { blanks.isMet[$0] }),
            tallied AS (
                INSERT INTO run_tallies AS tally (run, stream, partition, highest_ordinal, inserted, updated)
                SELECT $\(first)::bigint, $\(first + 1)::text, $\(first + 2)::integer, $\(first + 3)::bigint, inserted, present FROM counted
                ON CONFLICT (run, stream, partition) DO UPDATE SET inserted = tally.inserted + excluded.inserted,
                    updated = tally.updated + excluded.updated, highest_ordinal = excluded.highest_ordinal, updated_at = now()
                WHERE tally.highest_ordinal BETWEEN $\(first + 4)::bigint AND $\(first + 5)::bigint
                RETURNING 1
            )
            SELECT inserted, present,
                rollcall_expect((SELECT count(*) FROM tallied) = 1, '\(RollcallCode.talliesMoved.rawValue)', 'ordinals counted before') FROM counted
            """
    }

    private func writing(rows: Int, keepsBlanks: (Int) -> Bool) -> String {
        let now = stamps + (createdAt.map { [$0] } ?? [])
        var parameter = 0
        let tuples = (0..<rows).map { _ in
            let values = target.columns.map { column in
                parameter += 1
                return "$\(parameter)::\(column.castType)"
            }
            return "(" + (values + now.map { _ in "now()" }).joined(separator: ", ") + ")"
        }
        let assignments = names.indices.dropFirst(target.keyCount).map { column in
            let name = names[column]
            return keepsBlanks(column) ? "\(name) = coalesce(excluded.\(name), target.\(name))" : "\(name) = excluded.\(name)"
        }
        return """
            written AS (
                INSERT INTO \(table) AS target (\((names + now).joined(separator: ", "))) VALUES \(tuples.joined(separator: ", "))
                ON CONFLICT (\(keyList)) DO UPDATE SET \(setting(assignments, orElse: "\(names[0]) = excluded.\(names[0])")) RETURNING (target.xmax = 0) AS is_new
            ), counted AS (
                SELECT count(*) FILTER (WHERE is_new) AS inserted, count(*) FILTER (WHERE NOT is_new) AS present FROM written
            )
            """
    }

    /// What an update sets beside the fields: the times, and that the row is not deleted.
    private func setting(_ assignments: [String], orElse nothing: String) -> String {
        let all = assignments + stamps.map { "\($0) = now()" } + (softDelete.map { ["\($0) = NULL"] } ?? [])
        return all.isEmpty ? nothing : all.joined(separator: ", ")
    }

    /// Sets the fields at `columns` of one row that exists; parameters: those fields, then the key. NULL sets NULL.
    func update(columns: [Int]) -> String {
        let assignments = columns.enumerated().map { place, column in "\(names[column]) = $\(place + 1)::\(target.columns[column].castType)" }
        return "UPDATE \(table) SET \(setting(assignments, orElse: "\(names[0]) = \(names[0])")) WHERE \(isKey(from: columns.count + 1))"
    }

    /// Sets the fields at `columns` of one row to NULL and nothing else; parameters: the key.
    func clear(columns: [Int]) -> String {
        "UPDATE \(table) SET \(columns.map { "\(names[$0]) = NULL" }.joined(separator: ", ")) WHERE \(isKey(from: 1))"
    }

    /// Inserts a row of the key and the fields at `columns`; parameters: the key, then those fields.
    func insert(columns: [Int]) -> String {
        let now = stamps + (createdAt.map { [$0] } ?? [])
        let all = Array(0..<target.keyCount) + columns
        let values = all.enumerated().map { place, column in "$\(place + 1)::\(target.columns[column].castType)" } + now.map { _ in "now()" }
        return "INSERT INTO \(table) (\((all.map { names[$0] } + now).joined(separator: ", "))) VALUES (\(values.joined(separator: ", ")))"
    }

    /// Deletes one row as the pipeline wants it; nil when it wants none deleted. Parameters: the key.
    var delete: String? {
        switch target.definition.deletes {
        case .ignore: return nil
        case .hard: return "DELETE FROM \(table) WHERE \(isKey(from: 1))"
        case .soft:
            guard let softDelete else { return nil }
            let setting = (["\(softDelete) = now()"] + stamps.map { "\($0) = now()" }).joined(separator: ", ")
            return "UPDATE \(table) SET \(setting) WHERE \(isKey(from: 1)) AND \(softDelete) IS NULL"
        }
    }

    private func isKey(from first: Int) -> String {
        (0..<target.keyCount).map { "\(names[$0]) = $\(first + $0)::\(target.columns[$0].castType)" }.joined(separator: " AND ")
    }
}
