import CommandLines
import Foundation
import JSONText
import Kafka
import Pipelines
import Postgres
import Reporting
import Settings
import Telemetry

/// One walk over the queue, now: for a script, or for a person who has just cured something.
struct Process: ReportedCommand {
    static let name = "process", summary = "Walk over the queue once: end what has landed, release what is cured, send what is due"
    static let examples = [
        (command: "retrier process", purpose: "once, for all pipelines; also beside a `retrier run`"),
        (command: "retrier process --json", purpose: "the same, for a script"),
    ]
    @Option("only this pipeline; may be given several times") var pipeline: [String] = []
    @Flag(jsonHelp) var json = false

    func report() async throws -> CommandReport {
        let settings = try SettingsReader.environment.read(RetrierSettings.self)
        let log = Logger(service: "retrier", level: settings.telemetry.logLevel)
        do {
            let pipelines = try PipelineDirectory(path: settings.pipelinesPath, environment: settings.environment).load(only: pipeline)
            let cycle = try RetryCycle(pipelines, settings, log: log)
            let result = try await cycle.run()
            await cycle.close()
            return result.report
        } catch let error as PostgresError {
            throw CommandFailure(.environment, "\(error)")
        } catch let error as KafkaError {
            throw CommandFailure(.environment, "\(error)")
        } catch let error as PipelineError { throw CommandFailure(.usage, "\(error)") }
    }
}

extension RetryCycle.Result {
    /// For whoever typed the command, and for programs.
    var report: CommandReport {
        let facts: [(String, Int)] = [
            ("recovered", swept.recovered), ("superseded", swept.superseded), ("released", swept.released), ("given back", swept.undecided), ("sent", sent),
            ("told", told),
        ]
        let words = facts.filter { $0.1 > 0 }.map { "\(grouped($0.1)) \($0.0)" }.joined(separator: ", ")
        let members = facts.map { JSONObject.Member(name: $0.0.replacing(" ", with: "_"), value: .number("\($0.1)")) }
        return CommandReport(
            .success, summary: words.isEmpty ? "Nothing was due." : "One walk over the queue: \(words).", result: .object(JSONObject(unchecked: members)))
    }
}
