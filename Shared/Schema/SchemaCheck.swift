import Mapping
import Pipelines
import Postgres
import Text

/// Does the table fit the pipeline, and does today's data fit the table? Pure: what it knows was read before.
///
/// The extractor asks before it emits and in `extractor check`. Only what would refuse every row stops a run; a column that is too narrow
/// for some rows warns, with how many and the migration that cures it.
public struct SchemaCheck {
    let stream: StreamDefinition
    let table: TableDefinition
    let migrations: MigrationFiles
    let tallies: [String: FieldTally]
    /// As SQL wants it.
    let quotedTable: String

    /// - Parameters:
    ///   - table: nil when there is none.
    ///   - tallies: of this read; empty: the data is not looked at.
    public static func findings(
        _ stream: StreamDefinition, table: TableDefinition?, tallies: [FieldTally] = [], migrations: MigrationFiles = .none
    ) -> [SchemaFinding] {
        let name = (try? TableDefinition.quoted(stream.table)) ?? stream.table  // Checked when the file was read.
        guard let table else {
            return [
                SchemaFinding(
                    severity: .stop, stream: stream.name, table: stream.table, column: nil, place: stream.place,
                    problem: "the table \(stream.table) does not exist in this database", cure: .sql(CureSQL.create(stream, name)))
            ]
        }
        let byField = Dictionary(tallies.map { ($0.field, $0) }) { first, _ in first }
        let check = SchemaCheck(stream: stream, table: table, migrations: migrations, tallies: byField, quotedTable: name)
        return check.keyFindings() + check.defaultFindings() + check.columnFindings() + check.unmappedFindings() + check.deleteFindings() + check.bookFindings()
    }

    private func keyFindings() -> [SchemaFinding] {
        guard stream.key.allSatisfy({ table.column($0) != nil }), !table.hasUniqueKey(stream.key) else { return [] }
        let columns = stream.key.joined(separator: ", ")
        return [
            finding(
                .stop, nil, stream.place,
                "\(stream.table) has no unique index over exactly (\(columns)), so an upsert has nothing to match on (PostgreSQL would say 42P10)",
                .sql(CureSQL.unique(stream, quotedTable)))
        ]
    }

    private func defaultFindings() -> [SchemaFinding] {
        UnreadableDefault.all(in: stream).map { found in
            finding(
                .stop, nil, found.mapping.place, "the `default` of \(found.mapping.to) is no \(found.mapping.type.rawValue): \(found.rule.sentence)",
                .pipeline("write a `default` that the column can hold, or take it out"), name: found.mapping.to)
        }
    }

    private func columnFindings() -> [SchemaFinding] {
        var found: [SchemaFinding] = []
        for mapping in stream.columns {
            guard let column = table.column(mapping.to) else {
                found.append(missing(mapping))
                continue
            }
            if column.isGenerated {
                found.append(
                    finding(
                        .stop, column, mapping.place, "\(place(column)) is computed by PostgreSQL (GENERATED ALWAYS) and can't be written",
                        .pipeline("take the line out")))
            }
            if case .refused(let instead) = TypeFit(mapping.type, into: column.baseType) {
                let words = instead.map(\.rawValue).joined(separator: " or ")
                found.append(
                    finding(
                        .stop, column, mapping.place, "\(place(column)) is \(column.typeName) and takes \(words); it is mapped as \(mapping.type.rawValue)",
                        .pipeline("write `type: \(instead[0].rawValue)`, or alter the column")))
                continue
            }
            found += [width(mapping, column), digits(mapping, column), nulls(mapping, column)].compactMap(\.self)
        }
        return found
    }

    private func missing(_ mapping: ColumnMapping) -> SchemaFinding {
        let near = nearest(mapping.to, in: table.columns.map(\.name)).map { "; nearest: \($0)" } ?? ""
        let cure = migrations.adding(mapping.to, to: table.name).map(SchemaFinding.Cure.migration)
        return finding(
            .stop, nil, mapping.place, "\(stream.table) has no column \(mapping.to)\(near)",
            cure ?? .sql(CureSQL.add(mapping.to, TypeFit.column(for: mapping.type), quotedTable)), name: mapping.to)
    }

    /// B1: a text in a column of a fixed width is a row lost some day, and some are lost today.
    private func width(_ mapping: ColumnMapping, _ column: ColumnDefinition) -> SchemaFinding? {
        guard let limit = column.lengthMax else { return nil }
        let cure = migrations.widening(column.name, of: table.name).map(SchemaFinding.Cure.migration) ?? .sql(CureSQL.widen(column.name, quotedTable))
        guard let tally = tallies[column.name], tally.longestCharacters > limit else {
            guard mapping.type == .text else { return nil }
            return finding(.note, column, mapping.place, "\(place(column)) is \(shortType(column)); every value of this read fits, the next may not", cure)
        }
        // Without a limit to watch, it is known that some are longer, and not how many.
        let rows = tally.limit == limit ? "\(tally.overLimit) \(tally.overLimit == 1 ? "row" : "rows")" : "some rows"
        return finding(
            .warn, column, mapping.place, "\(place(column)) is \(shortType(column)), longest \(tally.longestCharacters): \(rows) will wait", cure)
    }

    private func digits(_ mapping: ColumnMapping, _ column: ColumnDefinition) -> SchemaFinding? {
        guard let limit = TypeFit.wholeDigitsMax(column), let tally = tallies[column.name], tally.wholeDigits > limit else { return nil }
        return finding(
            .warn, column, mapping.place,
            "\(place(column)) is \(column.typeName), which holds \(limit) digits before the point; the longest number has \(tally.wholeDigits), so its rows will wait",
            .sql(CureSQL.alter(column.name, mapping.type == .integer && column.baseType != "int8" ? "bigint" : "numeric", quotedTable)))
    }

    private func nulls(_ mapping: ColumnMapping, _ column: ColumnDefinition) -> SchemaFinding? {
        guard !column.isNullable, !mapping.isRequired, let tally = tallies[column.name], tally.nulls > 0 else { return nil }
        return finding(
            .warn, column, mapping.place,
            "\(place(column)) is NOT NULL, and \(tally.nulls) \(tally.nulls == 1 ? "row has" : "rows have") nothing there, so \(tally.nulls == 1 ? "it waits" : "they wait")",
            .pipeline("give the column a `default`, or ALTER TABLE \(quotedTable) ALTER COLUMN \(CureSQL.quoted(column.name)) DROP NOT NULL"))
    }

    private func unmappedFindings() -> [SchemaFinding] {
        // The loader sets these itself.
        let own: Set<String> = ["created_at", "synced_at", "db_updated_at"]
        return table.columns.compactMap { column in
            guard !column.isNullable, !column.hasDefault, !column.isGenerated, !own.contains(column.name), stream.column(to: column.name) == nil else {
                return nil
            }
            return finding(
                .stop, column, stream.place, "\(place(column)) is NOT NULL without a default, and no line of `columns` fills it",
                .pipeline("map it, or ALTER TABLE \(quotedTable) ALTER COLUMN \(CureSQL.quoted(column.name)) DROP NOT NULL"))
        }
    }

    private func deleteFindings() -> [SchemaFinding] {
        guard case .soft(let name) = stream.deletes else { return [] }
        guard let column = table.column(name) else {
            let cure = migrations.adding(name, to: table.name).map(SchemaFinding.Cure.migration)
            return [
                finding(
                    .stop, nil, stream.place, "\(stream.table) has no column \(name), which `deletes` sets",
                    cure ?? .sql(CureSQL.add(name, "timestamptz", quotedTable)),
                    name: name)
            ]
        }
        guard column.baseType != "timestamptz" || !column.isNullable else { return [] }
        return [
            finding(
                .stop, column, stream.place,
                "\(place(column)) is \(column.typeName)\(column.isNullable ? "" : " NOT NULL"); a soft delete sets and clears a timestamptz",
                .pipeline("name another column in `deletes`, or alter this one"))
        ]
    }

    /// The loader fills them where the table has them.
    private func bookFindings() -> [SchemaFinding] {
        ["synced_at", "db_updated_at"].filter { table.column($0) == nil }.map { name in
            let cure = migrations.adding(name, to: table.name).map(SchemaFinding.Cure.migration)
            return finding(
                .note, nil, stream.place, "\(stream.table) has no column \(name), so its rows can't say when they were last synced",
                cure ?? .sql(CureSQL.add(name, "timestamptz", quotedTable)), name: name)
        }
    }

    private func finding(
        _ severity: SchemaFinding.Severity, _ column: ColumnDefinition?, _ place: FilePlace, _ problem: String, _ cure: SchemaFinding.Cure, name: String? = nil
    ) -> SchemaFinding {
        SchemaFinding(
            severity: severity, stream: stream.name, table: stream.table, column: column?.name ?? name, place: place, problem: problem, cure: cure)
    }

    private func place(_ column: ColumnDefinition) -> String { "\(stream.table).\(column.name)" }

    /// `varchar(50)`, as people say it, for `character varying(50)`.
    private func shortType(_ column: ColumnDefinition) -> String { column.typeName.replacing("character varying", with: "varchar") }
}
