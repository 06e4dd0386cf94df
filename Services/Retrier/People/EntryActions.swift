import JSONText
import Reporting

/// What a command did to the entries it was given, and what it left alone.
struct EntryActions: Sendable {
    /// How the action is said of one that was done: `released`.
    var word: String
    var isDryRun: Bool
    /// Ids.
    var done: [String] = []
    /// Names as typed, or ids, by reason; for entries that nobody named their number alone.
    var left: [(reason: LeftAlone, count: Int64, names: [String])] = []

    private static let namesMax = 50

    mutating func leave(_ names: [String], _ reason: LeftAlone) {
        if !names.isEmpty { left.append((reason, Int64(names.count), names)) }
    }

    var leftCount: Int64 { left.reduce(0) { $0 + $1.count } }

    var summary: String {
        let entries = count(done.count, "entry", "entries")
        let first = isDryRun ? "\(entries) would be \(word); nothing was changed." : "\(entries) \(word)."
        return leftCount == 0 ? first : "\(first) \(count(leftCount, "entry was", "entries were")) left as \(leftCount == 1 ? "it is" : "they are")."
    }

    var details: String {
        var table = Table("entry", "what became of it")
        for id in done.prefix(EntryActions.namesMax) { table.append([id, isDryRun ? "would be \(word)" : word]) }
        if done.count > EntryActions.namesMax { table.append(["(\(grouped(done.count - EntryActions.namesMax)) more)", isDryRun ? "would be \(word)" : word]) }
        for (reason, number, names) in left {
            for name in names.prefix(EntryActions.namesMax) { table.append([name, reason.words]) }
            let rest = number - Int64(min(names.count, EntryActions.namesMax))
            if rest > 0 { table.append(["(\(grouped(rest))\(names.isEmpty ? "" : " more"))", reason.words]) }
        }
        return table.isEmpty ? "" : table.text
    }

    var json: JSONObject {
        [
            word: .array(done.map { .string($0) }),
            "left": .array(
                left.map { reason, number, names in
                    [
                        "reason": .string(reason.rawValue), "words": .string(reason.words), "count": jsonNumber(number),
                        "entries": .array(names.map { .string($0) }),
                    ]
                }),
            "dry_run": .bool(isDryRun),
        ]
    }
}
