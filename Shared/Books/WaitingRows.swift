import Postgres

/// Rows the database still owes the source, counted by cause: equal code, table, column and constraint are one incident.
public struct WaitingRows: Sendable, Equatable {
    public var stream: String
    public var category: String?
    /// SQLSTATE or rule; nil when the log has no line for the row.
    public var code: String?
    public var table: String?
    public var column: String?
    /// As in `character varying(50)`.
    public var columnDefinition: String?
    public var constraint: String?
    public var rows: Int64
    /// How many of them are not in the table at all; the others hold an older version.
    public var neverLanded: Int64
    /// The longest refused value, in characters.
    public var longest: Int64?
    /// A few keys to look at.
    public var sampleKeys: String

    /// The incidents of a pipeline, the largest first.
    public static func of(pipeline: String, in session: PostgresSession) throws(PostgresError) -> [WaitingRows] {
        let rows = try session.query(
            """
            SELECT stream, error_type, error_code, table_name, column_name, column_definition, constraint_name, count(*),
                count(*) FILTER (WHERE never_landed), max(value_length), array_to_string((array_agg(key ORDER BY key))[1:3], ', ')
            FROM rows_waiting WHERE pipeline = $1 GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 8 DESC, 1, 3, 5
            """, [.text(pipeline)])
        var incidents: [WaitingRows] = []
        for row in rows {
            incidents.append(
                WaitingRows(
                    stream: try row.text(0), category: row.optionalText(1), code: row.optionalText(2), table: row.optionalText(3),
                    column: row.optionalText(4), columnDefinition: row.optionalText(5), constraint: row.optionalText(6), rows: try row.integer(7),
                    neverLanded: try row.integer(8), longest: try row.optionalInteger(9), sampleKeys: try row.text(10)))
        }
        return incidents
    }
}
