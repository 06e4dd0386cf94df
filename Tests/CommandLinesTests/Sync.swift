import CommandLines

/// A command with every kind of parameter, for the tests.
struct Sync: Command {
    enum Detail: String, CaseIterable, CommandValue { case rows, fields, summary }

    static let name = "sync", summary = "Read a source once"
    static let examples = [(command: "extractor sync buyers", purpose: "read the buyers"), (command: "extractor sync buyers -n", purpose: "send nothing")]
    @Argument("the pipeline") var pipeline: String
    @Option("one key", short: "k") var key: [String] = []
    @Option("rows per batch") var batch = 100
    @Option("how much") var detail: Detail = .summary
    @Option("since when", value: "TIME") var since: String?
    @Flag("send nothing", short: "n") var dryRun = false
    @Flag("show progress") var progress = true

    func run() async throws -> ExitCode {
        switch pipeline {
        case "broken": throw Broken()
        case "away": throw Away()
        case "odd": throw UsageError(problem: "--since lies in the future")
        default: return ExitCode(rawValue: 4)
        }
    }

    struct Broken: Error {}
    struct Away: CustomExit, CustomStringConvertible {
        let exitCode = ExitCode.environment
        let description = "the source is away"
    }

    static let tool = Tool("extractor", summary: "Reads.", version: "1.2", commands: [Sync.self])

    /// The command as these words set it.
    static func parsed(_ words: String...) throws(UsageError) -> Sync {
        guard case .run(let command) = try tool.request(["sync"] + words), let sync = command as? Sync else { throw UsageError(problem: "not run") }
        return sync
    }
}
