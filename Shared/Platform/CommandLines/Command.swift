/// One thing a tool does. Its properties, wrapped in `@Argument`, `@Option` or `@Flag`, are its command line.
///
///     struct Sync: Command {
///         static let name = "sync", summary = "Read a source once and send what changed"
///         static let examples = [(command: "extractor sync buyers --dry-run", purpose: "see what would change")]
///         @Argument("the pipeline to read") var pipeline: String
///         @Flag("show what would be sent, and send nothing", short: "n") var dryRun = false
///
///         func run() async throws -> ExitCode { … }
///     }
public protocol Command: Sendable {
    init()
    /// The word people type.
    static var name: String { get }
    /// One sentence, without a full stop.
    static var summary: String { get }
    /// What people type, most useful first, each with the reason to type it.
    static var examples: [(command: String, purpose: String)] { get }
    /// Does it; the properties hold what was typed.
    func run() async throws -> ExitCode
}

/// A command line that cannot be understood, or that asks for what does not go together.
public struct UsageError: CustomExit, Equatable, CustomStringConvertible {
    public let problem: String
    /// What helps further; the tool fills it in.
    public internal(set) var hint: String?

    /// - Parameter problem: what was typed and what was expected, without a full stop.
    public init(problem: String) { self.init(problem: problem, hint: nil) }
    init(problem: String, hint: String?) { (self.problem, self.hint) = (problem, hint) }

    public var exitCode: ExitCode { .usage }
    public var description: String { problem }
}
