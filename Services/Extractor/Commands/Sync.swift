import Books
import CommandLines
import Foundation
import JSONText
import Pipelines
import Records
import Reporting
import Telemetry

/// `extractor sync`: one run now.
struct Sync: ReportedCommand {
    static let name = "sync", summary = "Bring a pipeline's changes into the database and wait until every row is accounted for"
    static let examples = [
        (command: "extractor sync buyers", purpose: "send what changed since the database was last brought up to date"),
        (command: "extractor sync buyers --dry-run", purpose: "see which rows and fields would change; nothing is written anywhere"),
        (command: "extractor sync buyers --keys 6666,6667", purpose: "only these rows"),
        (command: "extractor sync buyers --fields follow_up_assignee", purpose: "only this field of rows that are in the database"),
    ]

    @Argument("the pipeline, as its file names it") var pipeline: String
    @Option("only these target columns, parted by commas; rows the database lacks are sent whole", value: "COLUMNS") var fields: String?
    @Option("only these rows, parted by commas; columns of a key are parted by `/`", value: "KEYS") var keys: String?
    @Flag("say what would be sent, and write nothing") var dryRun = false
    @Flag("show how far the run is, on standard error") var progress = true
    @Flag(jsonHelp) var json = false

    func report() async throws -> CommandReport {
        try await told {
            let office = try Office(environment: ProcessInfo.processInfo.environment)
            let definition = try office.pipeline(pipeline)
            let scope = try RunScope(fields: fields, keys: keys, of: definition)
            let watch = RunWatch(log: office.log, bar: progress ? ProgressBar(definition.name) : nil)
            if dryRun {
                return try await untilSignalled { try await DryRun(office: office, pipeline: definition, scope: scope, watch: watch).report() }
            }
            return try await untilSignalled { try await office.run(definition, scope, watch).report }
        }
    }
}

extension SyncRun.Result {
    /// For whoever typed the command, and for programs.
    var report: CommandReport {
        let (plan, tallies) = (books.plan, books.tallies)
        func number(_ value: Int) -> JSONValue { .number(String(value)) }
        func number(_ value: Int64) -> JSONValue { .number(String(value)) }
        let result: JSONObject = [
            "run": number(run), "outcome": .string(word.rawValue), "guard": guardWords.map { .string($0) } ?? .null,
            "read": number(plan.read), "blank": number(plan.blank), "duplicate": number(plan.duplicate), "rejected": number(plan.rejected),
            "unchanged": number(plan.unchanged), "waiting": number(plan.waiting), "upserts": number(plan.upserts), "deletes": number(plan.deletes),
            "inserted": number(tallies.inserted), "updated": number(tallies.updated), "unchanged_at_target": number(tallies.unchangedAtTarget),
            "kept_local": number(tallies.keptLocal), "superseded": number(tallies.superseded), "deleted": number(tallies.deleted),
            "failed": number(tallies.failed), "failures": failures.map { .object($0.json) } ?? .null,
            "unaccounted": number(word == .held ? 0 : books.outstanding),
            "seconds": .number(String((duration / .milliseconds(1)).rounded() / 1000)), "parts": PartTable(parts: parts).json,
        ]
        let details = [PartTable(parts: parts).text, failures.map(failureSentence) ?? ""].filter { !$0.isEmpty }
        return CommandReport(exitCode, summary: summary, details: details.joined(separator: "\n"), result: .object(result))
    }

    private var exitCode: ExitCode {
        switch word {
        case .complete: .success
        case .completeWithExceptions, .partial: .exceptions
        case .held, .unbalanced: .held
        case .failed: .failure
        }
    }
}

extension RunFailures {
    /// The second book for programs; its members add up to `failed`.
    fileprivate var json: JSONObject {
        func number(_ value: Int64) -> JSONValue { .number(String(value)) }
        return [
            "refused": number(refused), "retrying": number(retrying), "recovered": number(recovered), "superseded": number(superseded),
            "permanent": number(permanent), "dropped": number(dropped), "unexplained": number(unexplained),
        ]
    }
}

extension RunScope {
    /// - Throws: `CommandFailure` naming a column that the pipeline does not map.
    init(fields: String?, keys: String?, of pipeline: PipelineDefinition) throws(CommandFailure) {
        func words(_ text: String) -> [String] { text.split(separator: ",").map(String.init) }
        self.init(fields: fields.map(words), keys: keys.map { Set(words($0).map { RecordKey(encoded: $0) }) })
        for stream in pipeline.streams {
            for field in self.fields ?? [] where stream.column(to: field) == nil || stream.key.contains(field) {
                throw CommandFailure(
                    .usage,
                    "--fields: stream \(stream.name) has no column \(field) besides its key; it has "
                        + listed(stream.columns.map(\.to).filter { !stream.key.contains($0) }, limit: 12))
            }
        }
        if self.fields?.isEmpty == true { throw CommandFailure(.usage, "--fields names no column") }
        if self.keys?.isEmpty == true { throw CommandFailure(.usage, "--keys names no row") }
    }
}
