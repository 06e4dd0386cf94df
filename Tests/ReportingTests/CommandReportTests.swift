import CommandLines
import Glibc
import JSONText
import Settings
import TestSupport
import Testing

@testable import Reporting

/// A command whose answer the tests choose.
private struct Answering: ReportedCommand {
    static let name = "errors", summary = "List what failed"
    static let examples = [(command: "monitor errors", purpose: "what failed")]
    @Flag(jsonHelp) var json = false
    @Option("how to end") var end = 0

    func report() async throws -> CommandReport {
        if end == 3 { throw CommandFailure(.environment, "Postgres cannot be reached") }
        return CommandReport(ExitCode(rawValue: Int32(end)), summary: "356 rows wait.", details: "a table", result: ["rows": 356])
    }
}

struct CommandReportTests {
    private func command(_ words: String...) throws -> Answering {
        let request = try Tool("monitor", summary: "", commands: [Answering.self]).request(["errors"] + words)
        guard case .run(let command) = request, let answering = command as? Answering else { throw UsageError(problem: "not run") }
        return answering
    }

    @Test func `people read text, the sentence last`() async throws {
        let written = try CapturedOutput()
        #expect(try await command().run(output: TextOutput(descriptor: written.descriptor, name: "the file")) == .success)
        #expect(written.text == "a table\n\n356 rows wait.\n")
    }

    @Test(arguments: [(0, true), (4, true), (5, false), (1, false)])
    func `programs read one line with the same members always`(end: Int, ok: Bool) async throws {
        let written = try CapturedOutput()
        #expect(
            try await command("--json", "--end", "\(end)").run(output: TextOutput(descriptor: written.descriptor, name: "the file"))
                == ExitCode(rawValue: Int32(end)))
        #expect(written.text == #"{"command":"errors","ok":\#(ok),"summary":"356 rows wait.","result":{"rows":356},"error":null}"# + "\n")
    }

    @Test func `a failure is thrown, and with --json it is in the envelope too`() async throws {
        let written = try CapturedOutput()
        let failing = try command("--json", "--end", "3")
        await #expect(throws: CommandFailure(.environment, "Postgres cannot be reached")) {
            try await failing.run(output: TextOutput(descriptor: written.descriptor, name: "the file"))
        }
        #expect(
            written.text == #"{"command":"errors","ok":false,"summary":null,"result":null,"error":{"message":"Postgres cannot be reached","exit_code":3}}"#
                + "\n")
    }

    @Test func `a result that a full disk swallowed is an error`() async throws {
        let full = open("/dev/full", O_WRONLY)
        defer { close(full) }
        let answering = try command()
        let error = await #expect(throws: OutputError.self) { try await answering.run(output: TextOutput(descriptor: full, name: "standard output")) }
        #expect(error?.exitCode == .environment)
        #expect(error?.description == "standard output cannot be written: No space left on device; what was to be told there is lost")
    }

    @Test func `wrong settings are the user's to mend, and stops have the shells' codes`() {
        #expect(SettingsError(problems: ["x"]).exitCode == .usage)
        #expect(ExitCode(stoppedBy: SIGINT) == .interrupted)
        #expect(ExitCode(stoppedBy: SIGTERM) == .terminated)
        #expect(ExitCode(stoppedBy: nil) == .success)
        #expect([ExitCode.success, .failure, .usage, .environment, .exceptions, .held].map(\.rawValue) == [0, 1, 2, 3, 4, 5])
    }
}
