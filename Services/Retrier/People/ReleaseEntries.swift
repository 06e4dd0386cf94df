import CommandLines
import Failures
import JSONText
import Postgres
import Reporting

/// `retrier release`: begins a new schedule for entries, now.
///
/// An entry that was named and stays as it is ends the command with 4; what a category or an incident covers besides is only told.
struct ReleaseEntries: ReportedCommand {
    static let name = "release", summary = "Try waiting rows again now, on a new schedule; who asked is recorded"
    static let examples = [
        (command: "retrier release buyers/6666", purpose: "one row, by its message key or its id"),
        (command: "retrier release --category data_type --pipeline buyers", purpose: "all of one kind"),
        (command: "retrier release --incident buyers/buyers/22001/buyers.latest_status --dry-run", purpose: "see what one cause covers, and change nothing"),
    ]

    @Argument("ids or message keys", value: "ID") var entries: [String] = []
    @Option("all of this kind that wait; what a person dropped needs its id") var category: ErrorCategory?
    @Option("all of this incident, as `retrier list` names it", value: "ID") var incident: String?
    @Option("only of this pipeline", value: "NAME") var pipeline: String?
    @Option("entries to release at most, the oldest first", value: "N") var limit = 10_000
    @Flag("show what would be released, and change nothing") var dryRun = false
    @Flag(jsonHelp) var json = false

    func report() async throws -> CommandReport {
        let choice = try choice()
        return try report(choice, at: Desk.open())
    }

    /// What is to be released.
    enum Choice: Sendable {
        case named([EntryName])
        case matching(EntryFilter)
    }

    /// - Throws: `UsageError` for words that do not go together.
    func choice() throws -> Choice {
        guard (1...100_000).contains(limit) else { throw UsageError(problem: "--limit is \(limit); expected 1 to 100000") }
        switch (entries.isEmpty, category == nil && incident == nil) {
        case (true, true): throw UsageError(problem: "nothing is named; expected ids or message keys, --category or --incident")
        case (false, false): throw UsageError(problem: "ids were given, and --category or --incident too; expected one of them")
        case (true, false): return .matching(EntryFilter(pipeline: pipeline, category: category, incident: incident))
        case (false, true):
            guard entries.count <= limit else { throw UsageError(problem: "\(entries.count) entries are named; expected at most --limit \(limit)") }
            return .named(try entries.map { entry in try EntryName(entry) })
        }
    }

    func report(_ choice: Choice, at desk: Desk) throws -> CommandReport {
        let session = desk.session
        return try session.transaction {
            switch choice {
            case .named(let names):
                let actions = try release(names, by: desk.person, in: session)
                guard !actions.done.isEmpty || actions.left.contains(where: { $0.reason != .unknown }) else {
                    throw CommandFailure(.usage, "\(listed(entries, limit: 20)): \(LeftAlone.unknown.words)")
                }
                return CommandReport(
                    actions.leftCount == 0 ? .success : .exceptions, summary: actions.summary, details: actions.details, result: .object(actions.json))
            case .matching(let filter):
                if let incident { try require(incident, in: session) }
                let (actions, more) = try release(filter, by: desk.person, in: session)
                let rest = more > 0 ? " \(count(more, "more matches", "more match")); run it again for the next." : ""
                var result = actions.json
                result["more"] = jsonNumber(more)
                return CommandReport(summary: actions.summary + rest, details: actions.details, result: .object(result))
            }
        }
    }

    private func release(_ names: [EntryName], by person: String, in session: PostgresSession) throws -> EntryActions {
        let named = try QueuedEntry.named(names, pipeline: pipeline, locking: !dryRun, in: session)
        var actions = EntryActions(word: "released", isDryRun: dryRun)
        try release(named.entries.filter { $0.reasonNotToRelease == nil }, by: person, "", &actions, in: session)
        actions.leave(named.unknown, .unknown)
        actions.leave(named.busy, .busy)
        for reason in LeftAlone.allCases { actions.leave(named.entries.filter { $0.reasonNotToRelease == reason }.map(\.id), reason) }
        return actions
    }

    /// - Returns: what was done, and how many more the limit left for another call.
    private func release(_ filter: EntryFilter, by person: String, in session: PostgresSession) throws -> (EntryActions, more: Int64) {
        var counts: [LeftAlone: Int64] = [:], total: Int64 = 0
        let rows = try session.query(
            """
            SELECT q.status, q.releases >= \(Release.releasesMax), count(*) FROM retry_queue q WHERE \(EntryFilter.sql) GROUP BY 1, 2
            """, filter.parameters)
        for row in rows {
            let number = try row.integer(2)
            switch RetryEntry.Status(rawValue: try row.text(0)) {
            case .claimed, .sent: counts[.underWay, default: 0] += number
            case .waitsForSource: counts[.waitsForSource, default: 0] += number
            case .dropped: counts[.wasDropped, default: 0] += number
            case _ where try row.boolean(1): counts[.releasedTooOften, default: 0] += number
            default: total += number
            }
        }
        let condition = "\(EntryFilter.sql) AND q.status IN ('pending', 'permanently_failed') AND q.releases < \(Release.releasesMax)"
        let entries = try QueuedEntry.read(condition, filter.parameters, limit: limit, locking: !dryRun, in: session)
        var actions = EntryActions(word: "released", isDryRun: dryRun)
        let reason = [category.map { "--category \($0.rawValue)" }, incident.map { "--incident \($0)" }].compactMap(\.self).joined(separator: " ")
        try release(entries, by: person, reason, &actions, in: session)
        let rest = max(0, total - Int64(entries.count)), isFull = entries.count == limit
        if !isFull, rest > 0 { counts[.busy] = rest }
        for reason in LeftAlone.allCases { if let number = counts[reason] { actions.left.append((reason, number, [])) } }
        return (actions, isFull ? rest : 0)
    }

    private func release(
        _ entries: [QueuedEntry], by person: String, _ reason: String, _ actions: inout EntryActions, in session: PostgresSession
    ) throws(PostgresError) {
        guard !dryRun else { actions.done += entries.map(\.id); return }
        let released = Set(try Release.entries(entries.filter(\.hasChange).map(\.id), in: session).map { Array($0.id.utf8) })
        // A dropped row that was never sent goes back to where it was: it waits for its source.
        let returned = entries.filter { !$0.hasChange }
        try session.query(
            "UPDATE retry_queue SET status = 'waits_for_source', updated_at = retry_now() WHERE id = ANY ($1::text[]) AND status = 'dropped'",
            [.texts(returned.map(\.id))])
        let done = entries.filter { released.contains(Array($0.id.utf8)) } + returned
        try OperatorActions.record("release", of: done, by: person, reason: reason, in: session)
        actions.done += done.map(\.id)
    }

    private func require(_ incident: String, in session: PostgresSession) throws {
        let known = try session.query(
            "SELECT EXISTS (SELECT FROM incidents WHERE id = $1) OR EXISTS (SELECT FROM retry_queue WHERE incident = $1)", [.text(incident)])
        guard try known.only().boolean(0) else {
            throw CommandFailure(.usage, "there is no incident \(incident); `retrier list` names those there are")
        }
    }
}

extension QueuedEntry {
    /// Nil when a person who names it may release it.
    var reasonNotToRelease: LeftAlone? {
        switch status {
        case .claimed, .sent: .underWay
        case .waitsForSource: .waitsForSource
        case .pending, .permanentlyFailed, .dropped: hasChange && releases >= Release.releasesMax ? .releasedTooOften : nil
        }
    }
}
