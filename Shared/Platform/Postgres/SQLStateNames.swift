/// The names people know the codes by, for messages only; decisions are made on codes.
/// https://www.postgresql.org/docs/15/errcodes-appendix.html
enum SQLStateNames {
    static func name(of sqlState: String) -> String? { names[sqlState] }

    private static let names: [String: String] = [
        "0A000": "feature_not_supported",
        "21000": "cardinality_violation",
        "22001": "string_data_right_truncation", "22003": "numeric_value_out_of_range", "22007": "invalid_datetime_format",
        "22008": "datetime_field_overflow", "22021": "character_not_in_repertoire", "22P02": "invalid_text_representation",
        "22P05": "untranslatable_character",
        "23502": "not_null_violation", "23503": "foreign_key_violation", "23505": "unique_violation", "23514": "check_violation",
        "25006": "read_only_sql_transaction", "25P02": "in_failed_sql_transaction", "25P03": "idle_in_transaction_session_timeout",
        "28000": "invalid_authorization_specification", "28P01": "invalid_password",
        "3D000": "invalid_catalog_name", "3F000": "invalid_schema_name",
        "40001": "serialization_failure", "40P01": "deadlock_detected",
        "42501": "insufficient_privilege", "42601": "syntax_error", "42703": "undefined_column", "42804": "datatype_mismatch",
        "42883": "undefined_function", "42P01": "undefined_table", "42P07": "duplicate_table", "42P10": "invalid_column_reference",
        "428C9": "generated_always",
        "53100": "disk_full", "53200": "out_of_memory", "53300": "too_many_connections",
        "55P03": "lock_not_available",
        "57014": "query_canceled", "57P01": "admin_shutdown", "57P02": "crash_shutdown", "57P03": "cannot_connect_now",
        "57P05": "idle_session_timeout",
        "58030": "io_error",
    ]
}
