import CommandLines
import Failures
import JSONText
import Postgres
import Reporting

/// `retrier list`: what waits, first by cause, then by entry.
struct ListEntries: ReportedCommand {
    static let name = "list", summary = "List the rows that wait: why, what cures them, and when each is tried again"
    static let examples = [
        (command: "retrier list", purpose: "a line per cause with its cure, then the entries"),
        (command: "retrier list --pipeline buyers --status permanently_failed", purpose: "rows whose retries are used up"),
        (command: "retrier list --since 2026-11-20 --json", purpose: "what failed since that day (UTC), for a program"),
    ]

    @Option("only this pipeline", value: "NAME") var pipeline: String?
    @Option("only this kind") var category: ErrorCategory?
    @Option("only these") var status: RetryEntry.Status?
    @Option("only this incident, as the list names it", value: "ID") var incident: String?
    @Option("only what failed last from this time on: 2026-11-20 (its beginning, UTC) or 2026-11-20T09:00:00+09:00", value: "TIME") var since: Moment?
    @Option("entries to show, taken evenly from every cause", value: "N") var limit = 50
    @Flag(jsonHelp) var json = false

    func report() async throws -> CommandReport { try report(at: Desk.open()) }

    func report(at desk: Desk) throws -> CommandReport {
        guard (0...100_000).contains(limit) else { throw UsageError(problem: "--limit is \(limit); expected 0 to 100000") }
        let filter = EntryFilter(pipeline: pipeline, category: category, status: status, incident: incident, since: since?.start)
        let total = try desk.session.query("SELECT count(*) FROM retry_queue q WHERE \(EntryFilter.sql)", filter.parameters).only().integer(0)
        let queued = try WaitingCause.queued(filter, in: desk.session)
        let unqueued = status == nil ? try WaitingCause.unqueued(filter, in: desk.session) : []
        let entries = try entries(filter, in: desk.session)
        return CommandReport(
            summary: summary(total: total, shown: entries.count, unqueued: unqueued),
            details: ((queued + unqueued).map(\.text) + (entries.isEmpty ? [] : ["", table(entries)])).joined(separator: "\n"),
            result: .object([
                "waiting": jsonNumber(total), "in_no_queue": jsonNumber(unqueued.reduce(0) { $0 + $1.rows }),
                "causes": .array((queued + unqueued).map { .object($0.json) }), "entries": .array(entries.map { .object($0.json) }),
                "more": jsonNumber(total - Int64(entries.count)),
            ]))
    }

    /// By cause, the largest first, and within it the oldest first. A limit takes evenly from every cause, so that no large one hides the others.
    private func entries(_ filter: EntryFilter, in session: PostgresSession) throws(PostgresError) -> [WaitingEntry] {
        let rows = try session.query(
            """
            SELECT \(WaitingEntry.columnsSQL)
            FROM (
                SELECT q.*, count(*) OVER cause AS size, row_number() OVER (cause ORDER BY q.first_failed_at, q.id) AS place
                FROM retry_queue q WHERE \(EntryFilter.sql) WINDOW cause AS (PARTITION BY q.incident)
                ORDER BY place, size DESC, q.incident LIMIT $6::bigint
            ) q
            ORDER BY size DESC, q.incident, place
            """, filter.parameters + [.integer(Int64(limit))])
        var entries: [WaitingEntry] = []
        for row in rows { entries.append(try WaitingEntry(row)) }
        return entries
    }

    private func table(_ entries: [WaitingEntry]) -> String {
        var table = Table([
            ("id", .left), ("key", .left), ("cell", .left), ("category", .left), ("code", .left), ("column", .left), ("attempts", .right), ("status", .left),
            ("next try", .left),
        ])
        for entry in entries {
            table.append([
                entry.id, entry.recordKey, entry.cell ?? "", entry.category, entry.code, entry.column ?? "", "\(entry.attempts)", entry.next.status.rawValue,
                entry.next.words,
            ])
        }
        return table.text
    }

    private func summary(total: Int64, shown: Int, unqueued: [WaitingCause]) -> String {
        var sentences: [String] = []
        switch (total, Int64(shown)) {
        case (0, _): sentences.append("Nothing waits in the queue.")
        case (let total, let shown) where shown < total:
            sentences.append("\(count(total, "row waits", "rows wait")) in the queue; \(grouped(total - shown)) more than shown, `--limit \(total)` lists all.")
        default: sentences.append("\(count(total, "row waits", "rows wait")) in the queue.")
        }
        let outside = unqueued.reduce(0) { $0 + $1.rows }
        if outside > 0 { sentences.append("\(count(outside, "row is", "rows are")) owed and in no queue: every run sends them again.") }
        return sentences.joined(separator: " ")
    }
}

extension ErrorCategory: CommandValue {}
extension RetryEntry.Status: CommandValue {}
