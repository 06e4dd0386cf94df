import Glibc
import Text

/// What a command line asks for.
public enum Request: Sendable {
    case run(any Command)
    /// Help, version, completion or reference, as asked for.
    case print(String)
}

/// An executable with its commands.
public struct Tool: Sendable {
    let name: String, summary: String, version: String
    let commands: [any Command.Type]

    /// - Parameters:
    ///   - name: the word people type.
    ///   - summary: what the tool does, in one sentence.
    ///   - version: what `--version` prints.
    ///   - commands: in the order in which help lists them.
    public init(_ name: String, summary: String, version: String, commands: [any Command.Type]) {
        (self.name, self.summary, self.version, self.commands) = (name, summary, version, commands)
    }

    /// Does what the process was started for, and ends it with the exit code that belongs to the result.
    public func main() async -> Never {
        prepareStandardDescriptors()
        exit(await run(Array(CommandLine.arguments.dropFirst())).rawValue)
    }

    /// Does what `arguments` (without the program's name) ask for. Messages go to standard error, results to standard output.
    public func run(
        _ arguments: [String], output: TextOutput = .standardOutput, messages: TextOutput = .standardError
    ) async -> ExitCode {
        do {
            switch try request(arguments) {
            case .run(let command): return try await command.run()
            case .print(let text): try output.write(text + "\n")
            }
            return .success
        } catch {
            tell(message(about: error), on: messages)
            return (error as? any CustomExit)?.exitCode ?? .failure
        }
    }

    /// Parses `arguments` (without the program's name) and does nothing else.
    public func request(_ arguments: [String]) throws(UsageError) -> Request {
        guard let first = arguments.first else { throw UsageError(problem: "no command was given", hint: "\n" + help()) }
        switch first {
        case "-h", "--help": return .print(help())
        case "--version": return .print("\(name) \(version)")
        case "--generate-completion":
            guard arguments.count == 2, let script = completion(shell: arguments[1]) else {
                throw UsageError(problem: "--generate-completion needs bash, zsh or fish")
            }
            return .print(script)
        case "--generate-reference": return .print(reference())
        case "help" where arguments.count == 2: return .print(help(for: try command(arguments[1])))
        case "help": return .print(help())
        default: return try request(try command(first), Array(arguments.dropFirst()))
        }
    }

    private func request(_ type: any Command.Type, _ words: [String]) throws(UsageError) -> Request {
        let command = type.init()
        do {
            return try CommandParser.parse(words, into: command) ? .run(command) : .print(help(for: type))
        } catch {
            var error = error
            error.hint = "Try `\(name) \(type.name) --help`."
            throw error
        }
    }

    private func command(_ word: String) throws(UsageError) -> any Command.Type {
        if let type = commands.first(where: { $0.name == word }) { return type }
        let what = word.hasPrefix("-") ? "option" : "command"
        throw UsageError(problem: "unknown \(what) `\(word)`" + suggestion(word, commands.map { $0.name } + ["--help", "--version"]))
    }

    private func message(about error: any Error) -> String {
        switch error {
        case let error as OutputError where error.isReaderGone: ""
        case let error as UsageError: "\(name): \(error)\n\(error.hint ?? "Try `\(name) --help`.")\n"
        case let error as any CustomExit: "\(name): \(error)\n"
        default: "\(name): \(error)\nThis end was not foreseen, so it is a fault of \(name); please report it with this message.\n"
        }
    }

    private func tell(_ message: String, on messages: TextOutput) {
        // The exit code still tells it; there is no other place left to complain to.
        do { try messages.write(message) } catch {}
    }
}
