import CommandLines
import JSONText

/// What a command has to say when it is done: sentences for people, a value for programs, an exit code for scripts.
public struct CommandReport: Sendable, Equatable {
    public var exitCode: ExitCode
    /// One sentence that an owner understands: `3,781 of 4,137 buyers are in the database; 356 wait.`
    public var summary: String
    /// More for people: tables and lists, without a line end at the end. Programs read `result`.
    public var details: String
    /// The same for programs; its members are part of the interface.
    public var result: JSONValue

    /// - Parameter result: nothing for a command that only does and does not tell.
    public init(_ exitCode: ExitCode = .success, summary: String, details: String = "", result: JSONValue = .null) {
        (self.exitCode, self.summary, self.details, self.result) = (exitCode, summary, details, result)
    }

    /// The text for people.
    public var text: String { (details.isEmpty ? "" : details + "\n\n") + summary + "\n" }

    /// The envelope that `--json` prints, in one line: `{command, ok, summary, result, error}`.
    ///
    /// `ok` tells whether the command did its work; exceptions and differences are results (exit code 4), not errors.
    public func envelope(command: String) -> JSONObject {
        [
            "command": .string(command), "ok": .bool(exitCode == .success || exitCode == .exceptions), "summary": .string(summary),
            "result": result, "error": .null,
        ]
    }
}

/// The envelope of a command that failed.
func envelope(command: String, failure: any Error) -> JSONObject {
    let exitCode = (failure as? any CustomExit)?.exitCode ?? .failure
    return [
        "command": .string(command), "ok": false, "summary": .null, "result": .null,
        "error": ["message": .string("\(failure)"), "exit_code": .number("\(exitCode.rawValue)")],
    ]
}
