import Failures
import Postgres
import Records

/// The one writer of `sync_error_log`, for the loader's transactions and the extractor's.
public enum ErrorLog {
    /// One statement for any number of lines, so that it is prepared once. A line that exists stays as it was first written.
    public static let insertSQL = """
        INSERT INTO sync_error_log (id, pipeline, stream, run, service, record_key, row_number, cell, sequence, attempt, error_type, error_code,
            table_name, column_name, column_definition, constraint_name, value_length, message, retryable)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::bigint[],
            $10::integer[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::bigint[], $18::text[], $19::boolean[])
        ON CONFLICT (id) DO NOTHING
        """

    /// The parameters of `insertSQL` for these lines.
    public static func parameters(_ entries: [ErrorLogEntry]) -> [PostgresValue?] {
        func texts(_ text: (ErrorLogEntry) -> String?) -> PostgresValue { .texts(entries.map(text)) }
        func integers(_ number: (ErrorLogEntry) -> Int64?) -> PostgresValue { .integers(entries.map(number)) }
        return [
            texts { $0.id }, texts { $0.pipeline }, texts { $0.stream }, integers { $0.run }, texts { $0.service.rawValue }, texts { $0.recordKey?.text },
            integers { $0.rowNumber.map { Int64($0) } }, texts { $0.cell }, integers { $0.sequence?.rawValue }, integers { Int64($0.attempt) },
            texts { $0.category.rawValue }, texts { $0.code }, texts { $0.table }, texts { $0.column }, texts { $0.columnDefinition },
            texts { $0.constraint }, integers { $0.valueLength.map { Int64($0) } }, texts { $0.message }, .booleans(entries.map { $0.isRetryable }),
        ]
    }

    /// Writes the lines within whatever transaction is open.
    /// - Returns: how many were new.
    @discardableResult public static func write(_ entries: [ErrorLogEntry], in session: PostgresSession) throws(PostgresError) -> Int {
        guard !entries.isEmpty else { return 0 }
        return try session.query(insertSQL, parameters(entries)).affected
    }
}
