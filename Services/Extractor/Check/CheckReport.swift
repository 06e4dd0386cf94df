import CommandLines
import JSONText
import Mapping
import Pipelines
import Reporting
import Schema
import Sources

/// What was checked, as tables for people and lists for programs; names, types and counts, no values.
struct CheckReport {
    let outcomes: [PipelineCheck.Outcome]

    var report: CommandReport {
        let stops = outcomes.filter(\.stops).map(\.pipeline), warns = outcomes.filter { !$0.stops && $0.warns }.map(\.pipeline)
        let isUnread = outcomes.contains { !$0.stops && $0.isPartial }
        let summary =
            if !stops.isEmpty { "\(listed(stops)) cannot run yet; the findings name the cures." } else if !warns.isEmpty {
                "\(listed(warns)) can run, and some rows\(isUnread ? " or parts" : "") will wait; the findings name the cures."
            } else { "\(count(outcomes.count, "pipeline")) can run." }
        return CommandReport(
            exitCode(stops: !stops.isEmpty, warns: !warns.isEmpty), summary: summary, details: outcomes.map(details).joined(separator: "\n\n"),
            result: .object(["pipelines": .array(outcomes.map(json))]))
    }

    private func exitCode(stops: Bool, warns: Bool) -> ExitCode {
        if outcomes.contains(where: \.isUnreachable) { return .environment }
        return stops ? .usage : warns ? .exceptions : .success
    }

    private func details(_ outcome: PipelineCheck.Outcome) -> String {
        (["Pipeline \(outcome.pipeline)"] + outcome.problems.map { "  stop  \($0)" } + source(outcome) + outcome.streams.map(details)).joined(separator: "\n")
    }

    private func source(_ outcome: PipelineCheck.Outcome) -> [String] {
        let plan = outcome.ratePlan.map { ["Source: \($0)"] } ?? []
        let unread = unreadSentence(outcome.parts), open = (unread.isEmpty ? [] : [unread]) + repeatedSentences(outcome.parts)
        return plan + [PartTable(parts: outcome.parts).text].filter { !$0.isEmpty } + open.map { "  warn  \($0)" } + outcome.remarks.map { "  note  \($0)" }
    }

    private func details(_ stream: PipelineCheck.Stream) -> String {
        var table = Table([
            ("header", .left), ("column", .left), ("type", .left), ("owner", .left), ("filled", .right), ("coerced", .right), ("longest", .right),
            ("coercions", .left),
        ])
        for field in stream.fields {
            let coercions = field.coercions.map { "\($0.rule) \(grouped($0.cells))" } + odd(field)
            table.append([
                field.header, field.field, field.type.rawValue, "source", grouped(field.processed - field.empty - field.absent), grouped(field.coerced),
                grouped(field.longestCharacters), coercions.joined(separator: ", "),
            ])
        }
        var lines = [
            "Stream \(stream.definition.name) → table \(stream.definition.table): \(count(stream.rows, "row")), \(grouped(stream.rejected)) rejected",
            table.text,
        ]
        let unmapped = stream.header.unmapped.map { stream.header.header[$0] }.filter { !$0.isEmpty }
        if !unmapped.isEmpty { lines.append("Not mapped: \(listed(unmapped, limit: 20))") }
        if !stream.header.unfed.isEmpty { lines.append("Fed by nothing: \(listed(stream.header.unfed.map(\.to), limit: 20))") }
        lines += stream.header.inexact.map { "Taken for \($0.wanted): \($0.found) (column \(columnLetters($0.column)))" }
        lines += stream.findings.map { "  \($0.severity.rawValue)  \($0)" }
        return lines.joined(separator: "\n")
    }

    private func odd(_ field: FieldTally) -> [String] {
        [(field.nulled, "set to null"), (field.kept, "kept as it stands"), (field.rejected, "rejected"), (field.absent, "left open")].filter { $0.0 > 0 }.map {
            "\($0.1) \(grouped($0.0))"
        }
    }

    private func json(_ outcome: PipelineCheck.Outcome) -> JSONValue {
        .object([
            "pipeline": .string(outcome.pipeline), "problems": .array(outcome.problems.map { .string($0) }),
            "requests": outcome.ratePlan.map { .number(String($0.requests)) } ?? .null, "remarks": .array(outcome.remarks.map { .string($0) }),
            "parts": PartTable(parts: outcome.parts).json,
            "streams": .array(outcome.streams.map(json)),
        ])
    }

    private func json(_ stream: PipelineCheck.Stream) -> JSONValue {
        func number(_ value: Int) -> JSONValue { .number(String(value)) }
        let fields = stream.fields.map { field in
            JSONValue.object([
                "header": .string(field.header), "column": .string(field.field), "type": .string(field.type.rawValue), "owner": "source",
                "processed": number(field.processed), "empty": number(field.empty), "coerced": number(field.coerced), "nulled": number(field.nulled),
                "kept": number(field.kept), "rejected": number(field.rejected), "longest": number(field.longestCharacters),
            ])
        }
        let findings = stream.findings.map { finding in
            JSONValue.object([
                "severity": .string(finding.severity.rawValue), "column": finding.column.map { .string($0) } ?? .null,
                "place": .string(finding.place.description), "problem": .string(finding.problem), "cure": .string(finding.cure.description),
            ])
        }
        return .object([
            "stream": .string(stream.definition.name), "table": .string(stream.definition.table), "rows": number(stream.rows),
            "rejected": number(stream.rejected), "fields": .array(fields), "findings": .array(findings),
        ])
    }
}
