import CommandLines
import Postgres
import Reporting

/// All that is known of one key since its entry was opened: what waits and for what, its failures, what people did, how earlier failures ended.
struct EntryHistory: Sendable {
    var pipeline: String, stream: String, recordKey: String
    /// Nil when nothing of the key is in the queue.
    var entry: WaitingEntry?
    /// The highest sequence that failed and was not made good; nil when the database owes nothing.
    var owed: Int64?
    /// The sequence the database settled last; nil when it knows nothing of the key.
    var settled: Int64?
    var cures: [Cure]
    /// Oldest first.
    var failures: [PastFailure]
    /// How many older ones there are.
    var failuresLeftOut: Int64
    var actions: [PastAction]
    var ends: [PastEnd]

    /// Lines of each kind; a row that its source never mends is refused again by every run.
    static let linesMax = 50

    /// - Throws: `CommandFailure` when nothing is known by that name, or it is a key of several pipelines.
    static func of(_ name: EntryName, pipeline: String?, in session: PostgresSession) throws -> EntryHistory {
        let pipelines = try EntryHistory.pipelines(of: name, in: session).filter { pipeline == nil || $0.utf8.elementsEqual(pipeline?.utf8 ?? "".utf8) }
        guard let found = pipelines.first else {
            let scope = pipeline.map { " of pipeline \($0)" } ?? ""
            throw CommandFailure(.usage, "nothing\(scope) is known of \(name.text): no entry, no failure and no end; `retrier list` shows what waits")
        }
        guard pipelines.count == 1 else {
            throw CommandFailure(.usage, "\(name.text) is a key of the pipelines \(listed(pipelines, limit: 20)); name one with --pipeline")
        }
        let key: [PostgresValue?] = [.text(found), .text(name.stream), .text(name.recordKey)]
        let entry = try session.query(
            "SELECT \(WaitingEntry.columnsSQL) FROM retry_queue q WHERE (q.pipeline, q.stream, q.record_key) = ($1, $2, $3)", key
        ).first.map { row throws(PostgresError) in try WaitingEntry(row) }
        let row = try session.query("SELECT owed, sequence FROM sync_rows WHERE (pipeline, stream, key) = ($1, $2, $3)", key).first
        // Who names an entry that is over, while another of its key is open, asks for the past.
        let isPast = name.isID && entry.map { !$0.id.utf8.elementsEqual(name.text.utf8) } ?? true
        let failures = try PastFailure.of(key, since: isPast ? nil : entry, in: session)
        return EntryHistory(
            pipeline: found, stream: name.stream, recordKey: name.recordKey, entry: entry, owed: try row?.optionalInteger(0), settled: try row?.integer(1),
            cures: try entry.map { entry in try Cure.of(entry, in: session) } ?? [], failures: failures.shown, failuresLeftOut: failures.leftOut,
            actions: try PastAction.of(key, in: session), ends: try PastEnd.of(key, in: session))
    }

    /// The pipelines that know the name, now or from the past.
    private static func pipelines(of name: EntryName, in session: PostgresSession) throws(PostgresError) -> [String] {
        let rows = try session.query(
            """
            SELECT pipeline FROM retry_queue WHERE stream = $1 AND record_key = $2 AND ($3::text IS NULL OR id = $3)
            UNION SELECT pipeline FROM retry_log WHERE stream = $1 AND record_key = $2 AND ($3::text IS NULL OR entry = $3)
            UNION SELECT pipeline FROM sync_error_log WHERE stream = $1 AND record_key = $2 AND ($3::text IS NULL OR starts_with(id, $3 || '#'))
            ORDER BY 1
            """, [.text(name.stream), .text(name.recordKey), name.isID ? .text(name.text) : nil])
        var pipelines: [String] = []
        for row in rows { pipelines.append(try row.text(0)) }
        return pipelines
    }
}
