import Failures
import Foundation
import Postgres
import Records

/// What is to be told and was not told yet: permanent failures (dead letter and alert) and incidents that opened or closed.
///
/// Marked in the database after it was sent; a crash between the two tells it again under the same id.
enum Announcements {
    static func permanentFailures(of pipelines: [String], upTo limit: Int, in session: PostgresSession) throws -> [RetryEntry] {
        let ids = try session.query(
            """
            SELECT pipeline, stream, record_key FROM retry_queue
            WHERE status = 'permanently_failed' AND announced_attempt IS DISTINCT FROM attempt_count AND pipeline = ANY ($2::text[])
            ORDER BY id LIMIT $1::bigint FOR UPDATE SKIP LOCKED
            """, [.integer(Int64(limit)), .texts(pipelines)])
        let keys = try ids.map { row in EntryKey(pipeline: try row.text(0), stream: try row.text(1), recordKey: try row.text(2)) }
        return Array(try RetryQueue.entries(of: keys, in: session).values).sorted { $0.id < $1.id }
    }

    static func markTold(_ entries: [RetryEntry], in session: PostgresSession) throws(PostgresError) {
        guard !entries.isEmpty else { return }
        try session.query(
            "UPDATE retry_queue q SET announced_attempt = t.attempt FROM unnest($1::text[], $2::bigint[]) AS t (id, attempt) WHERE q.id = t.id",
            [.texts(entries.map(\.id)), .integers(entries.map { Int64($0.attemptCount) })])
    }

    /// Pipelines with entries that were claimed too often for one attempt: nothing is wrong with the rows, but with those who send them (H8).
    static func stuck(of pipelines: [String], in session: PostgresSession) throws -> [String: Int64] {
        let rows = try session.query(
            "SELECT pipeline, count(*) FROM retry_queue WHERE claims >= \(Claims.claimsMax) AND status = 'pending' AND pipeline = ANY ($1::text[]) GROUP BY 1",
            [.texts(pipelines)])
        return try Dictionary(rows.map { (try $0.text(0), try $0.integer(1)) }) { $1 }
    }

    static func stuckAlert(_ pipeline: String, entries: Int64?) -> AlertRecord {
        AlertRecord(
            kind: "retrier_stuck", severity: entries == nil ? .info : .critical, pipeline: pipeline,
            message: entries.map {
                "\($0) waiting rows were claimed \(Claims.claimsMax) times and nothing came of it: look at the retriers and the brokers, then `retrier release`."
            } ?? "no waiting row is claimed in vain any more.", fingerprint: "retrier_stuck/\(pipeline)", raisedAt: Date.now.formatted(.iso8601),
            isResolved: entries == nil)
    }

    /// An incident as it is told.
    struct IncidentNews: Sendable, Equatable {
        var id: String
        var alert: AlertRecord
    }

    static func incidents(of pipelines: [String], upTo limit: Int, in session: PostgresSession) throws -> [IncidentNews] {
        let rows = try session.query(
            """
            SELECT id, pipeline, stream, error_type, error_code, failures, array_to_string(sample_keys, ', '), array_to_string(sample_cells, ', '), cure, opened,
                closed_at IS NOT NULL, longest
            FROM incidents WHERE NOT announced AND pipeline = ANY ($2::text[]) ORDER BY id LIMIT $1::bigint FOR UPDATE SKIP LOCKED
            """, [.integer(Int64(limit)), .texts(pipelines)])
        return try rows.map { row in
            let (id, code, isClosed) = (try row.text(0), try row.text(4), try row.boolean(10))
            let longest = try row.optionalInteger(11).map { ", longest \($0) characters" } ?? ""
            let message =
                isClosed
                ? "nothing waits for \(id) any more."
                : "rows wait with \(code)\(longest): \(try row.text(8)). Keys: \(try row.text(6)) (\(try row.text(7))); `retrier list` has them all."
            return IncidentNews(
                id: id,
                alert: AlertRecord(
                    kind: "incident", severity: isClosed ? .info : .error, pipeline: try row.text(1), stream: try row.text(2), message: message,
                    fingerprint: "incident/\(id)/\(try row.integer(9))", raisedAt: Date.now.formatted(.iso8601), isResolved: isClosed))
        }
    }

    static func markTold(_ news: [IncidentNews], in session: PostgresSession) throws(PostgresError) {
        guard !news.isEmpty else { return }
        try session.query("UPDATE incidents SET announced = true WHERE id = ANY ($1::text[])", [.texts(news.map(\.id))])
    }
}

extension RetryEntry {
    /// For the dead letters: the change with the reason it failed for last.
    func deadLetter() throws(RecordError) -> FailureRecord {
        let record = try ChangeRecord(parsing: Array((change ?? "").utf8))
        return FailureRecord(
            pipeline: pipeline, stream: stream, recordKey: record.recordKey, run: run, sequence: sequence, attempt: attemptCount, category: category.rawValue,
            code: code, table: table, column: column, columnDefinition: columnDefinition, constraint: constraint, message: message, origin: record.origin,
            subject: .change(record), failedAt: lastFailedAt)
    }

    /// B15: with the row's key and cell, without its values (invariant 10).
    var permanentFailureAlert: AlertRecord {
        let place = cell.map { " (\($0))" } ?? ""
        let cure = cureWords(category, code: code, pipeline: pipeline, table: table, column: column, definition: columnDefinition, constraint: constraint)
        return AlertRecord(
            kind: "permanent_failure", severity: .critical, pipeline: pipeline, stream: stream, run: run,
            message: "row \(recordKey)\(place) failed \(attemptCount) times: \(message). It is not tried again by itself: \(cure).",
            fingerprint: "permanent_failure/\(id)/\(attemptCount)", raisedAt: Date.now.formatted(.iso8601))
    }
}
