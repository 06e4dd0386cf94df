import Foundation
import Pipelines

/// A folder of pipeline files that lives as long as this value.
final class PipelineFolder {
    private let url = FileManager.default.temporaryDirectory.appendingPathComponent("rollcall-pipelines-\(UUID().uuidString)")
    private let environment: [String: String]

    init(_ files: [String: String], environment: [String: String] = [:]) throws {
        self.environment = environment
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        for (name, text) in files { try Data(text.utf8).write(to: url.appendingPathComponent(name)) }
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func load(only names: [String] = []) throws -> [PipelineDefinition] {
        defer { withExtendedLifetime(self) {} }
        return try directory.load(only: names)
    }

    private var directory: PipelineDirectory { PipelineDirectory(path: url.path, environment: environment) }

    /// The problems of loading, without the folder's path; empty when it loads.
    func problems(only names: [String] = []) -> [String] {
        do throws(PipelineError) {
            _ = try directory.load(only: names)
            return []
        } catch {
            return error.problems.map { $0.replacingOccurrences(of: url.path + "/", with: "") }
        }
    }
}

/// A pipeline file that is right, with places to put something wrong.
func pipelineText(
    name: String = "customers", source: String = "{ kind: csv, path: customers.csv, timeZone: Asia/Tokyo }", table: String = "customers",
    key: String = "[id]", stream: String = "", columns: [String] = ["{ from: Name, to: name, type: text }"], rest: String = ""
) -> String {
    var lines = ["pipeline: \(name)", "source: \(source)", "streams:", "  - stream: customers", "    table: \(table)", "    key: \(key)"]
    if !stream.isEmpty { lines.append("    \(stream)") }
    lines += ["    columns:", "      - { from: ID, to: id, type: text, required: true }"] + columns.map { "      - \($0)" }
    if !rest.isEmpty { lines.append(rest) }
    return lines.joined(separator: "\n") + "\n"
}

/// The single problem of a folder with this one file.
func problem(_ text: String, environment: [String: String] = [:]) throws -> String {
    try PipelineFolder(["a.yaml": text], environment: environment).problems().joined(separator: "\n")
}
