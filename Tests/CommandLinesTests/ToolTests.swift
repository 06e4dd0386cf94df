import CommandLines
import Glibc
import TestSupport
import Testing

/// What a whole call of a tool gives: exit code, standard output, standard error.
struct ToolTests {
    private func call(_ words: String...) async throws -> (code: ExitCode, output: String, messages: String) {
        let output = try CapturedOutput(), messages = try CapturedOutput()
        let code = await Sync.tool.run(
            words, output: TextOutput(descriptor: output.descriptor, name: "out"), messages: TextOutput(descriptor: messages.descriptor, name: "err"))
        return (code, output.text, messages.text)
    }

    @Test(arguments: [
        ("buyers", 4, ""), ("away", 3, "extractor: the source is away\n"), ("odd", 2, "extractor: --since lies in the future\nTry `extractor --help`.\n"),
        ("broken", 1, "extractor: Broken()\nThis end was not foreseen, so it is a fault of extractor; please report it with this message.\n"),
    ])
    func `a command's end becomes the exit code, and an error is told on standard error`(pipeline: String, code: Int32, message: String) async throws {
        let end = try await call("sync", pipeline)
        #expect(end == (ExitCode(rawValue: code), "", message))
    }

    @Test func `a mistake in a command points to that command's help`() async throws {
        let end = try await call("sync")
        #expect(end == (.usage, "", "extractor: missing PIPELINE\nTry `extractor sync --help`.\n"))
    }

    @Test func `without a command the help is shown, and it is no success`() async throws {
        let end = try await call()
        #expect(end.code == .usage && end.output == "")
        #expect(end.messages.hasPrefix("extractor: no command was given\n\nReads.\n"))
    }

    @Test func `what is asked for goes to standard output`() async throws {
        #expect(try await call("--version") == (.success, "extractor 1.2\n", ""))
        let helps = [try await call("sync", "--help"), try await call("help", "sync"), try await call("sync", "buyers", "-h")]
        for help in helps {
            #expect(help.code == .success && help.messages == "" && help.output == helps[0].output)
        }
        #expect(
            helps[0].output == """
                Read a source once

                Examples:
                  # read the buyers
                  $ extractor sync buyers
                  # send nothing
                  $ extractor sync buyers -n

                Usage: extractor sync PIPELINE [OPTIONS]

                Arguments:
                  PIPELINE  the pipeline

                Options:
                  -k, --key KEY        one key (may repeat)
                      --batch BATCH    rows per batch (default: 100)
                      --detail DETAIL  how much (rows | fields | summary; default: summary)
                      --since TIME     since when
                  -n, --dry-run        send nothing
                      --[no-]progress  show progress
                  -h, --help           show this help

                """)
    }

    @Test func `a full disk ends no help in success, a reader that has read enough does`() async throws {
        let full = open("/dev/full", O_WRONLY)
        defer { close(full) }
        let messages = try CapturedOutput()
        let code = await Sync.tool.run(
            ["--help"], output: TextOutput(descriptor: full, name: "standard output"), messages: TextOutput(descriptor: messages.descriptor, name: "err"))
        #expect(code == .environment)
        #expect(messages.text == "extractor: standard output cannot be written: No space left on device; what was to be told there is lost\n")
    }

    @Test func `bash takes the completion and completes commands and options`() async throws {
        let script = try await call("--generate-completion", "bash").output
        for (words, expected) in [("extractor sy", "sync"), ("extractor sync --dr", "--dry-run"), ("extractor sync --b", "--batch")] {
            let list = words.split(separator: " ")
            let asking = "COMP_WORDS=(\(words)); COMP_CWORD=\(list.count - 1); _extractor; echo ${COMPREPLY[@]}"
            #expect(try await shell(script + "\n" + asking) == expected + "\n")
        }
    }

    @Test func `the reference holds the help of every command`() async throws {
        let reference = try await call("--generate-reference").output
        #expect(reference.hasPrefix("# extractor\n\nReads.\n\n## extractor sync\n\n```text\nRead a source once\n"))
    }

    @Test func `the process itself ends as its output did`() async throws {
        let probe = ChildProcess.productsFolder + "/StopProbe"
        #expect(try await shell("\(probe) --help >/dev/full 2>/dev/null; echo $?") == "3\n")
        #expect(try await shell("\(probe) --help >&- 2>/dev/null; echo $?") == "3\n")
        #expect(try await shell("\(probe) --help 2>&- | grep -c Waits") == "1\n")
        #expect(try await shell("\(probe) --help 2>/dev/null | true; echo ${PIPESTATUS[0]}") == "0\n")
        #expect(try await shell("\(probe) --hlep 2>&1; echo $?") == "stopprobe: unknown option `--hlep`; did you mean `--help`?\nTry `stopprobe --help`.\n2\n")
    }

    private func shell(_ script: String) async throws -> String {
        let child = try ChildProcess("/bin/bash", ["--norc", "-c", script])
        #expect(try await child.wait() == .exited(0), "\(child.errors)")
        return child.output
    }
}
