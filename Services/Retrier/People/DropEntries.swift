import CommandLines
import JSONText
import Postgres
import Reporting

/// `retrier drop`: lets entries go. They stay owed and are not sent again while their content is the same; an edit of the source starts them anew.
///
/// An entry that was named and stays as it is ends the command with 4.
struct DropEntries: ReportedCommand {
    static let name = "drop", summary = "Let waiting rows go: they are not tried again while their content is the same; who and why is recorded"
    static let examples = [
        (command: "retrier drop buyers/6666 --reason 'a test row'", purpose: "one row, by its message key or its id"),
        (command: "retrier drop buyers/6666 --reason 'a test row' --dry-run", purpose: "see whether it can be dropped, and change nothing"),
        (command: "retrier release buyers/6666", purpose: "take it back"),
    ]

    @Argument("ids or message keys", value: "ID") var entries: [String] = []
    @Option("why, for whoever asks later", value: "TEXT") var reason: String
    @Option("the pipeline, where several have the key", value: "NAME") var pipeline: String?
    @Flag("show what would be dropped, and change nothing") var dryRun = false
    @Flag(jsonHelp) var json = false

    func report() async throws -> CommandReport {
        let names = try names()
        return try report(names, at: Desk.open())
    }

    /// - Throws: `UsageError` when nothing is named or no reason is given.
    func names() throws -> [EntryName] {
        guard !entries.isEmpty else { throw UsageError(problem: "missing ID; expected ids or message keys") }
        guard reason.contains(where: { !$0.isWhitespace }) else { throw UsageError(problem: "--reason is blank; expected why, for whoever asks later") }
        return try entries.map { entry in try EntryName(entry) }
    }

    func report(_ names: [EntryName], at desk: Desk) throws -> CommandReport {
        let session = desk.session
        return try session.transaction {
            let named = try QueuedEntry.named(names, pipeline: pipeline, locking: !dryRun, in: session)
            let droppable = named.entries.filter { $0.reasonNotToDrop == nil }
            var actions = EntryActions(word: "dropped", isDryRun: dryRun, done: droppable.map(\.id))
            actions.leave(named.unknown, .unknown)
            actions.leave(named.busy, .busy)
            for reason in LeftAlone.allCases { actions.leave(named.entries.filter { $0.reasonNotToDrop == reason }.map(\.id), reason) }
            guard !named.entries.isEmpty || !named.busy.isEmpty else {
                throw CommandFailure(.usage, "\(listed(entries, limit: 20)): \(LeftAlone.unknown.words)")
            }
            if !dryRun { try drop(droppable, by: desk.person, in: session) }
            return CommandReport(
                actions.leftCount == 0 ? .success : .exceptions, summary: actions.summary, details: actions.details, result: .object(actions.json))
        }
    }

    private func drop(_ entries: [QueuedEntry], by person: String, in session: PostgresSession) throws(PostgresError) {
        try session.query(
            "UPDATE retry_queue SET status = 'dropped', next_retry_at = NULL, updated_at = retry_now() WHERE id = ANY ($1::text[])",
            [.texts(entries.map(\.id))])
        try OperatorActions.record("drop", of: entries, by: person, reason: reason, in: session)
    }
}

extension QueuedEntry {
    /// Nil when a person may let it go.
    var reasonNotToDrop: LeftAlone? {
        switch status {
        case .claimed, .sent: .underWay
        case .dropped: .wasDropped
        case .pending, .permanentlyFailed, .waitsForSource: nil
        }
    }
}
