import CommandLines
import Foundation
import Pipelines
import Reporting

/// `extractor check`: does every pipeline file fit its source and its table, today?
struct Check: ReportedCommand {
    static let name = "check", summary = "Compare every pipeline file with the live source and the table, and name what would stop a run or a row"
    static let examples = [
        (command: "extractor check", purpose: "all pipelines"),
        (command: "extractor check buyers", purpose: "how each header of the sheet reaches its column, and which rows will wait"),
    ]

    @Argument("the pipeline, as its file names it") var pipeline: String?
    @Flag(jsonHelp) var json = false

    func report() async throws -> CommandReport {
        try await told {
            let office = try Office(environment: ProcessInfo.processInfo.environment)
            let definitions = try office.directory.load(only: pipeline.map { [$0] } ?? [])
            return try await untilSignalled {
                var outcomes: [PipelineCheck.Outcome] = []
                for definition in definitions {
                    try Task.checkCancellation()
                    outcomes.append(await PipelineCheck(office: office, pipeline: definition).outcome())
                }
                return CheckReport(outcomes: outcomes).report
            }
        }
    }
}
