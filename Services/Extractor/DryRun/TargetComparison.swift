import JSONText
import Mapping
import Pipelines
import Postgres
import Records
import Schema

/// Asks the target table in which columns rows of the source differ from it; the database compares, in its own types.
struct TargetComparison: Sendable {
    /// A row as it would be sent; dry runs hold those that would be, and no others.
    struct Row: Sendable {
        let key: RecordKey
        let keyObject: String
        let fields: String

        init(_ row: MappedRow) {
            key = row.recordKey
            keyObject = String(decoding: row.key, as: UTF8.self)
            fields = String(decoding: row.fields, as: UTF8.self)
        }
    }

    private let stream: StreamDefinition
    private let zone: String

    init(_ stream: StreamDefinition, zone: String) { (self.stream, self.zone) = (stream, zone) }

    /// - Returns: for each row the columns that differ, or nil when the table has no row with its key.
    func differences(_ rows: [Row], _ session: PostgresSession) throws -> [[String]?] {
        guard !rows.isEmpty else { return [] }
        let sql = try sql(try types(session))
        let answer = try session.transaction {
            // A date stands for midnight in the source's zone when its column is a timestamptz.
            try session.query("SELECT set_config('TimeZone', $1, true)", [.text(zone)])
            return try session.query(sql, [.texts(rows.map(\.keyObject)), .texts(rows.map(\.fields))])
        }
        var differences = [[String]?](repeating: nil, count: rows.count)
        for row in answer {
            let fields = try row.text(1)
            differences[Int(try row.integer(0)) - 1] = fields.isEmpty ? [] : fields.split(separator: "\n").map(String.init)
        }
        return differences
    }

    /// The types without their lengths: a cast to `varchar(50)` would cut the value and then find it equal.
    private func types(_ session: PostgresSession) throws -> [(name: String, type: String)] {
        let rows = try session.query(
            """
            SELECT attname, format_type(atttypid, NULL) FROM pg_attribute
            WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped AND attname = ANY ($2::text[])
            """, [.text(try TableDefinition.quoted(stream.table)), .texts(stream.columns.map(\.to))])
        return try rows.map { (try $0.text(0), try $0.text(1)) }
    }

    private func sql(_ types: [(name: String, type: String)]) throws -> String {
        let keys = stream.key.map { Array($0.utf8) }
        var matches: [String] = [], differs: [String] = []
        for (name, type) in types {
            let column = try Identifier(name).quoted, literal = "'" + name.replacing("'", with: "''") + "'"
            if keys.contains(Array(name.utf8)) {
                matches.append("t.\(column) = (s.key->>\(literal))::\(type)")
            } else {
                differs.append("CASE WHEN s.fields ? \(literal) AND t.\(column) IS DISTINCT FROM (s.fields->>\(literal))::\(type) THEN \(literal) END")
            }
        }
        // An array, not `concat_ws`: a function takes 100 arguments at most, and the buyers have 184 columns.
        let list = differs.isEmpty ? "''" : "array_to_string(ARRAY[\(differs.joined(separator: ", "))], E'\\n')"
        return """
            SELECT s.place, \(list) FROM (
                SELECT key::jsonb, fields::jsonb, place FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS given (key, fields, place)
            ) s JOIN \(try TableDefinition.quoted(stream.table)) t ON \(matches.joined(separator: " AND "))
            """
    }
}
