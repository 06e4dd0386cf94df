/// The folder of pipeline files; services read it once, when they start.
public struct PipelineDirectory: Sendable {
    public let path: String
    let environment: [String: String]

    /// - Parameter environment: what `${NAME}` in a file stands for.
    public init(path: String, environment: [String: String]) { (self.path, self.environment) = (path, environment) }
}

/// What is wrong in pipeline files: every problem found, each with file, line, column, key, what was got and what was expected.
public struct PipelineError: Error, CustomStringConvertible {
    public let problems: [String]

    public init(_ problems: [String]) { self.problems = problems }
    public var description: String { problems.joined(separator: "\n") }
}

extension PipelineDirectory {
    /// Reads and checks every file `*.yaml` of the folder, also those not asked for: two of them may want one table.
    ///
    /// - Parameter names: pipelines to return, in this order; empty: all, by name.
    public func load(only names: [String] = []) throws(PipelineError) -> [PipelineDefinition] {
        throw PipelineError(["\(path): reading pipelines is not built yet"])
    }
}
