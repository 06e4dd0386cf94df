import FoundationEssentials
import Text
import YAMLText

/// The folder of pipeline files; services read it once, when they start.
public struct PipelineDirectory: Sendable {
    public let path: String
    private let environment: [String: String]

    /// - Parameter environment: what `${NAME}` in a file stands for.
    public init(path: String, environment: [String: String]) { (self.path, self.environment) = (path, environment) }

    /// Reads and checks every `.yaml` file of the folder (not of folders in it), because two of them may want one table.
    ///
    /// - Parameter names: pipelines to return, in this order; empty: all, by file. A file that was not asked for, and can't be used
    ///   for its own reasons (a variable that is not set), stops nobody.
    /// - Throws: every problem found, not just the first.
    public func load(only names: [String] = []) throws(PipelineError) -> [PipelineDefinition] {
        var pipelines: [PipelineDefinition] = []
        var problems: [String] = []
        var others: [String] = []
        for file in try files() {
            switch read(file) {
            case .success(let pipeline): pipelines.append(pipeline)
            case .failure(let failure):
                if let name = failure.name, !names.isEmpty, !names.contains(name) { others.append(name) } else { problems.append(failure.problem) }
            }
        }
        let chosen = names.isEmpty ? pipelines : names.compactMap { name in pipelines.first { $0.name == name } }
        problems += conflicts(among: pipelines).filter { conflict in chosen.contains { conflict.names.contains($0.name) } }.map(\.problem)
        if problems.isEmpty {
            let known = pipelines.map(\.name) + others
            for name in names where !pipelines.contains(where: { $0.name == name }) { problems.append(unknown(name, known)) }
        }
        guard problems.isEmpty else { throw PipelineError(problems) }
        return chosen
    }

    private func files() throws(PipelineError) -> [String] {
        let entries: [String]
        do {
            entries = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw PipelineError(["\(path): the folder of pipeline files can't be read; expected a folder with one .yaml file for each pipeline"])
        }
        let files = entries.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted()
        guard !files.isEmpty else { throw PipelineError(["\(path): holds no .yaml file; expected one for each pipeline"]) }
        return files.map { path + "/" + $0 }
    }

    private struct Unusable: Error {
        /// The pipeline's name, if that much could be read.
        let name: String?
        let problem: String
    }

    private func read(_ file: String) -> Result<PipelineDefinition, Unusable> {
        guard let text = FileManager.default.contents(atPath: file) else {
            return .failure(Unusable(name: nil, problem: "\(file): can't be read; expected a file this user may read"))
        }
        var name: String?
        do {
            let yaml = YAMLReader(try YAMLNode(parsing: Array(text), file: file), file: file, environment: environment)
            name = try yaml.entries().first { $0.key == "pipeline" }.map { try NameWord(reading: $0.value).text }
            return .success(try PipelineDefinition(reading: yaml))
        } catch {
            return .failure(Unusable(name: name, problem: "\(error)"))
        }
    }

    private func unknown(_ name: String, _ known: [String]) -> String {
        let hint = nearest(name, in: known).map { "did you mean `\($0)`?" } ?? "known: \(known.sorted().joined(separator: ", "))"
        return "\(path): no pipeline is named `\(name)`; \(hint)"
    }
}

/// What is wrong in pipeline files: every problem found, each with file, line, column, key, what was got and what was expected.
public struct PipelineError: Error, CustomStringConvertible {
    public let problems: [String]

    public init(_ problems: [String]) { self.problems = problems }
    public var description: String { problems.joined(separator: "\n") }
}
