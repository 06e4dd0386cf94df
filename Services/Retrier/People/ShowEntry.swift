import CommandLines
import JSONText
import Records
import Reporting

/// `retrier show`: the whole history of one entry.
struct ShowEntry: ReportedCommand {
    static let name = "show", summary = "Tell all that is known of one waiting row: its failures, what it waits for, what people did"
    static let examples = [
        (command: "retrier show buyers/6666", purpose: "by its message key, stream and key, as records and lists have it"),
        (command: "retrier show buyers/6666@42.4120", purpose: "by its id, as `retrier list` prints it"),
        (command: "retrier show buyers/6666 --json", purpose: "for a program"),
    ]

    @Argument("its id or its message key", value: "ID") var entry: String
    @Option("the pipeline, where several have the key", value: "NAME") var pipeline: String?
    @Flag(jsonHelp) var json = false

    func report() async throws -> CommandReport {
        let name = try EntryName(entry)  // Before a connection is made for a word that names nothing.
        return try report(name, at: Desk.open())
    }

    func report(_ name: EntryName, at desk: Desk) throws -> CommandReport {
        let history = try EntryHistory.of(name, pipeline: pipeline, in: desk.session)
        return CommandReport(summary: history.summary, details: history.text, result: .object(history.json))
    }
}

extension EntryHistory {
    /// Names no key: those stand in tables, which make control characters harmless.
    var summary: String {
        guard let entry else {
            if owed != nil { return "It is owed and in no queue: every run sends it again." }
            return ends.last.map { "Nothing of it waits; its last failure that was queued was \($0.outcome) at \($0.at)." } ?? "Nothing of it waits."
        }
        let attempts = "\(count(entry.attempts, "attempt")) failed"
        switch entry.next.status {
        case .pending: return "\(attempts); the next is \(entry.next.words)."
        case .claimed, .sent: return "\(attempts); the next is under way."
        case .permanentlyFailed: return "It failed for good: \(attempts); it comes back \(entry.next.words), or when a person releases it."
        case .waitsForSource: return "It was never sent: only a change of its source can mend it."
        case .dropped: return "A person let it go; it stays owed."
        }
    }

    var text: String {
        var parts = [facts]
        if !cures.isEmpty {
            var table = Table("waits for")
            for cure in cures { table.append([cure.words]) }
            parts.append(table.text)
        }
        if !failures.isEmpty { parts.append(failureTable + (failuresLeftOut > 0 ? "\n(\(grouped(failuresLeftOut)) older ones are not shown)" : "")) }
        if !actions.isEmpty {
            var table = Table("what people did", "at", "who", "entry", "reason")
            for action in actions { table.append([action.action, action.at, action.who, action.entry, action.reason]) }
            parts.append(table.text)
        }
        if !ends.isEmpty {
            var table = Table([("ended", .left), ("at", .left), ("run", .right), ("attempts", .right), ("code", .left), ("entry", .left)])
            for end in ends { table.append([end.outcome, end.at, "\(end.run)", "\(end.attempts)", end.code, end.entry]) }
            parts.append(table.text)
        }
        return parts.joined(separator: "\n\n")
    }

    private var facts: String {
        func spelled(_ sequence: Int64) -> String { "\(Sequence(rawValue: sequence).run).\(Sequence(rawValue: sequence).ordinal)" }
        var table = Table("entry", entry?.id ?? "(none in the queue)")
        for (what, fact) in [
            ("pipeline", pipeline), ("stream", stream), ("key", recordKey), ("cell", entry?.cell), ("status", entry?.next.status.rawValue),
            ("reason", entry.map { "\($0.category) \($0.code): \($0.message)" }), ("incident", entry?.incident),
            ("first failed", entry?.firstFailedAt), ("last failed", entry?.lastFailedAt), ("attempts", entry.map { "\($0.attempts)" }),
            ("releases", entry.map { "\($0.releases) of at most \(Release.releasesMax)" }), ("owed", owed.map { "change \(spelled($0))" } ?? "nothing"),
        ] {
            if let fact { table.append([what, fact]) }
        }
        return table.text
    }

    private var failureTable: String {
        var table = Table([
            ("failed at", .left), ("run", .right), ("attempt", .right), ("by", .left), ("category", .left), ("code", .left), ("cell", .left),
            ("message", .left),
        ])
        for failure in failures {
            table.append([
                failure.at, "\(failure.run)", "\(failure.attempt)", failure.service, failure.category, failure.code, failure.cell ?? "", failure.message,
            ])
        }
        return table.text
    }

    var json: JSONObject {
        [
            "pipeline": .string(pipeline), "stream": .string(stream), "record_key": .string(recordKey), "entry": entry.map { .object($0.json) } ?? .null,
            "owed": jsonNumber(owed), "settled": jsonNumber(settled), "waits_for": .array(cures.map { .object($0.json) }),
            "failures": .array(failures.map { .object($0.json) }), "older_failures": jsonNumber(failuresLeftOut),
            "actions": .array(actions.map { .object($0.json) }), "ends": .array(ends.map { .object($0.json) }),
        ]
    }
}
