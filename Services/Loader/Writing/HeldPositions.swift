import Postgres

/// Which bit of `sync_rows.held` stands for which column; a position is given once and never used for another.
enum HeldPositions {
    /// Gives columns without a position the next free ones, and returns all of the stream.
    static func load(pipeline: String, stream: String, columns: [String], in session: PostgresSession) throws(PostgresError) -> [KeyBytes: Int] {
        // Two loaders may start together: the lock serialises them, and the second finds what the first gave.
        try session.query(
            """
            WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock(hashtextextended('sync_columns/' || $1 || '/' || $2, 0)))
            SELECT count(*) FROM turn
            """, [.text(pipeline), .text(stream)])
        try session.query(
            """
            INSERT INTO sync_columns (pipeline, stream, column_name, position)
            SELECT $1, $2, new.name, coalesce((SELECT max(position) + 1 FROM sync_columns WHERE pipeline = $1 AND stream = $2), 0) + new.place - 1
            FROM (
                SELECT name, row_number() OVER (ORDER BY ordinality) AS place FROM unnest($3::text[]) WITH ORDINALITY AS asked (name, ordinality)
                WHERE NOT EXISTS (SELECT FROM sync_columns known WHERE (known.pipeline, known.stream, known.column_name) = ($1, $2, name))
            ) AS new
            """, [.text(pipeline), .text(stream), .texts(columns)])
        var positions: [KeyBytes: Int] = [:]
        for row in try session.query("SELECT column_name, position FROM sync_columns WHERE pipeline = $1 AND stream = $2", [.text(pipeline), .text(stream)]) {
            positions[KeyBytes(try row.text(0))] = Int(try row.integer(1))
        }
        return positions
    }
}
