import Failures
import Postgres

/// Which entries of the queue are asked for: those that match every filter given.
struct EntryFilter: Sendable {
    var pipeline: String?
    var category: ErrorCategory?
    var status: RetryEntry.Status?
    var incident: String?
    /// RFC 3339, inclusive: of the last failure.
    var since: String?

    /// A condition on `retry_queue q` with the parameters `$1` to `$5`.
    static let sql = """
        ($1::text IS NULL OR q.pipeline = $1) AND ($2::text IS NULL OR q.error_type = $2) AND ($3::text IS NULL OR q.status = $3)
            AND ($4::text IS NULL OR q.incident = $4) AND ($5::timestamptz IS NULL OR q.last_failed_at >= $5)
        """

    /// In the order of `sql`.
    var parameters: [PostgresValue?] {
        [
            pipeline.map { .text($0) }, category.map { .text($0.rawValue) }, status.map { .text($0.rawValue) }, incident.map { .text($0) },
            since.map { .text($0) },
        ]
    }
}

/// SQL for a time as RFC 3339, UTC, to the second.
func utcText(_ expression: String) -> String { "to_char((\(expression)) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')" }
