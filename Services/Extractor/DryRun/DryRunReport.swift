import CommandLines
import JSONText
import Records
import Reporting

/// What a dry run found, for people (a few keys of each kind) and for programs (all of them).
struct DryRunReport {
    let pipeline: String
    let forecasts: [DryRun.Forecast]

    private static let keysShown = 20

    var report: CommandReport {
        let guards = forecasts.flatMap(\.guards)
        return CommandReport(
            guards.isEmpty ? .success : .held, summary: summary(guards), details: forecasts.map(details).joined(separator: "\n\n"),
            result: .object(["streams": .array(forecasts.map(json))]))
    }

    private func summary(_ guards: [TrippedGuard]) -> String {
        let plan = forecasts.reduce(StreamPlan()) { $0 + $1.plan }
        let missing = forecasts.reduce(0) { $0 + $1.missing.count }, changed = forecasts.reduce(0) { $0 + $1.changed.count }
        let facts = [
            (missing, "new"), (changed, "changed"), (plan.deletes, "deleted"), (plan.unchanged, "unchanged"),
            (plan.waiting, "waiting for a retry or a cure"), (plan.rejected, "rejected"), (plan.duplicate, "repeated"), (plan.blank, "blank"),
        ].filter { $0.0 > 0 }.map { "\(grouped($0.0)) \($0.1)" }
        let would = "\(pipeline): \(count(plan.read, "row")) read\(facts.isEmpty ? "" : ": ")\(facts.joined(separator: ", ")). Nothing was written."
        return guards.isEmpty ? would : would + " A run would be held: " + guards.map(\.sentence).joined(separator: "; ") + "."
    }

    private func details(_ forecast: DryRun.Forecast) -> String {
        var lines = ["Stream \(forecast.stream)"]
        lines += shown(forecast.missing.map(\.text), "new")
        lines += shown(forecast.changed.map { "\($0.key.text): \($0.fields.isEmpty ? "the same in the table" : listed($0.fields, limit: 8))" }, "changed")
        lines += shown(forecast.deleted.map(\.text), "deleted")
        return lines.count == 1 ? lines[0] + "\n  nothing to send" : lines.joined(separator: "\n")
    }

    private func shown(_ keys: [String], _ word: String) -> [String] {
        let rest = keys.count - DryRunReport.keysShown
        return keys.prefix(DryRunReport.keysShown).map { "  \(word)  \($0)" } + (rest > 0 ? ["  \(word)  and \(grouped(rest)) more; --json lists all"] : [])
    }

    private func json(_ forecast: DryRun.Forecast) -> JSONValue {
        func number(_ value: Int) -> JSONValue { .number(String(value)) }
        let plan = forecast.plan
        return .object([
            "stream": .string(forecast.stream), "read": number(plan.read), "blank": number(plan.blank), "duplicate": number(plan.duplicate),
            "rejected": number(plan.rejected), "unchanged": number(plan.unchanged), "waiting": number(plan.waiting), "upserts": number(plan.upserts),
            "deletes": number(plan.deletes), "guards": .array(forecast.guards.map { .string($0.word) }),
            "missing": .array(forecast.missing.map { .string($0.text) }),
            "changed": .array(
                forecast.changed.map { .object(["key": .string($0.key.text), "fields": .array($0.fields.map { .string($0) })]) }),
            "deleted": .array(forecast.deleted.map { .string($0.text) }),
        ])
    }
}
