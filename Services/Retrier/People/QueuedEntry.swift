import CommandLines
import Postgres
import Reporting

/// An entry that a person is about to change, locked until the transaction ends.
struct QueuedEntry: Sendable, Equatable {
    var id: String, pipeline: String, stream: String, recordKey: String
    var status: RetryEntry.Status
    var releases: Int64
    /// False for a row that was never sent.
    var hasChange: Bool

    /// Entries that were named, and the names that could not be followed.
    struct Named: Sendable {
        var entries: [QueuedEntry] = []
        var unknown: [String] = []
        var busy: [String] = []
    }

    /// Finds named entries and, unless it is only to look, locks those that nobody else works on: who never waits is never part of a deadlock.
    /// - Throws: `CommandFailure` when a key stands in several pipelines.
    static func named(_ names: [EntryName], pipeline: String?, locking: Bool, in session: PostgresSession) throws -> Named {
        var named = Named(), ids: [String] = []
        let rows = try session.query(
            """
            SELECT n.place, q.id, q.pipeline FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS n (id, stream, key, place)
            JOIN retry_queue q ON q.stream = n.stream AND q.record_key = n.key AND (n.id IS NULL OR q.id = n.id)
            WHERE $4::text IS NULL OR q.pipeline = $4 ORDER BY n.place, q.pipeline
            """,
            [
                .texts(names.map { $0.isID ? $0.text : nil }), .texts(names.map(\.stream)), .texts(names.map(\.recordKey)),
                pipeline.map { .text($0) },
            ])
        var found: [Int: [(id: String, pipeline: String)]] = [:]
        for row in rows { found[Int(try row.integer(0)) - 1, default: []].append((try row.text(1), try row.text(2))) }
        for (place, name) in names.enumerated() {
            guard let entries = found[place] else { named.unknown.append(name.text); continue }
            guard entries.count == 1 else {
                throw CommandFailure(
                    .usage, "\(name.text) is a key of the pipelines \(listed(entries.map(\.pipeline), limit: 20)); name one with --pipeline")
            }
            ids.append(entries[0].id)
        }
        named.entries = try read("q.id = ANY ($1::text[])", [.texts(ids)], limit: ids.count, locking: locking, in: session)
        let read = Set(named.entries.map { Array($0.id.utf8) })
        named.busy = ids.filter { !read.contains(Array($0.utf8)) }
        return named
    }

    /// Reads entries, oldest first; locked ones are those that nobody else works on.
    static func read(
        _ condition: String, _ parameters: [PostgresValue?], limit: Int, locking: Bool, in session: PostgresSession
    ) throws(PostgresError) -> [QueuedEntry] {
        let rows = try session.query(
            """
            SELECT q.id, q.pipeline, q.stream, q.record_key, q.status, q.releases, q.change IS NOT NULL FROM retry_queue q
            WHERE \(condition) ORDER BY q.first_failed_at, q.id LIMIT \(limit) \(locking ? "FOR UPDATE SKIP LOCKED" : "")
            """, parameters)
        var entries: [QueuedEntry] = []
        for row in rows {
            guard let status = RetryEntry.Status(rawValue: try row.text(4)) else {
                throw PostgresError(kind: .unexpectedAnswer, problem: "retry_queue has a status of a newer Rollcall; use that one")
            }
            entries.append(
                QueuedEntry(
                    id: try row.text(0), pipeline: try row.text(1), stream: try row.text(2), recordKey: try row.text(3), status: status,
                    releases: try row.integer(5), hasChange: try row.boolean(6)))
        }
        return entries
    }
}
