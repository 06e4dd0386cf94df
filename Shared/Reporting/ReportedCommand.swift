import CommandLines
import JSONText

/// A command that answers with one report: printed as text, or with `--json` as the envelope, on standard output.
///
///     struct Errors: ReportedCommand {
///         static let name = "errors", summary = "List what failed"
///         static let examples = [(command: "monitor errors --json", purpose: "for a program")]
///         @Flag(jsonHelp) var json = false
///
///         func report() async throws -> CommandReport { … }
///     }
public protocol ReportedCommand: Command {
    /// Whether the answer is for a program.
    var json: Bool { get }
    /// Does the work; an error is told on standard error and, with `--json`, in the envelope too.
    func report() async throws -> CommandReport
}

/// What `--help` says about `--json`, the same everywhere.
public let jsonHelp = "print one line of JSON: {command, ok, summary, result, error}"

extension ReportedCommand {
    public func run() async throws -> ExitCode { try await run(output: .standardOutput) }

    /// The same with the report going elsewhere, for a command whose result has standard output for itself.
    public func run(output: TextOutput) async throws -> ExitCode {
        let report: CommandReport
        do { report = try await self.report() } catch {
            if json { try output.write(line(envelope(command: Self.name, failure: error))) }
            throw error
        }
        do throws(OutputError) {
            try output.write(json ? line(report.envelope(command: Self.name)) : report.text)
        } catch  where error.isReaderGone {
            return report.exitCode  // `| head` has read enough; the work was done all the same.
        }
        return report.exitCode
    }

    private func line(_ object: JSONObject) -> String {
        var json = JSONWriter()
        json.value(JSONValue.object(object))
        return String(decoding: json.bytes, as: UTF8.self) + "\n"
    }
}
