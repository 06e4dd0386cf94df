import CommandLines
import Testing

struct CommandParserTests {
    @Test func `options may stand anywhere, as one word or two`() throws {
        let sync = try Sync.parsed("-nkA", "--key=B", "buyers", "--no-progress", "--batch", "7", "--detail", "rows", "--since=2026")
        #expect(sync.pipeline == "buyers" && sync.key == ["A", "B"] && sync.batch == 7 && sync.detail == .rows)
        #expect(sync.dryRun && !sync.progress && sync.since == "2026")
    }

    @Test func `what is not given has its default`() throws {
        let sync = try Sync.parsed("buyers")
        #expect(sync.key.isEmpty && sync.batch == 100 && sync.detail == .summary && sync.since == nil && !sync.dryRun && sync.progress)
    }

    @Test func `after two dashes everything is an argument, and a value may be empty or begin with a dash`() throws {
        #expect(try Sync.parsed("--", "--buyers").pipeline == "--buyers")
        #expect(try Sync.parsed("-k", "-1", "-k", "", "--key==", "b").key == ["-1", "", "="])
    }

    @Test func `commands do not share values`() throws {
        #expect(try Sync.parsed("a", "--key", "1").key == ["1"])
        #expect(try Sync.parsed("b").key.isEmpty)
    }

    @Test(
        "a line that cannot be understood is explained",
        arguments: [
            (["snyc"], "unknown command `snyc`; did you mean `sync`?"),
            (["--verison"], "unknown option `--verison`; did you mean `--version`?"),
            (["sync"], "missing PIPELINE"),
            (["sync", "a", "b"], "unexpected argument `b`"),
            (["sync", "b", "--dry-rn"], "unknown option `--dry-rn`; did you mean `--dry-run`?"),
            (["sync", "b", "-x"], "unknown option `-x`"),
            (["sync", "b", "--detail", "row"], "--detail: expected rows | fields | summary, got `row`; did you mean `rows`?"),
            (["sync", "b", "--batch", "many"], "--batch: expected BATCH, got `many`"),
            (["sync", "b", "--batch", "1", "--batch", "2"], "--batch is given twice"),
            (["sync", "b", "--batch"], "--batch needs BATCH"),
            (["sync", "b", "--dry-run=yes"], "--dry-run takes no value"),
            (["sync", "b", "--no-progress=yes"], "--no-progress takes no value"),
            (["sync", "b", "--no-dry-run"], "unknown option `--no-dry-run`; did you mean `--dry-run`?"),
            (["--generate-completion", "tcsh"], "--generate-completion needs bash, zsh or fish"),
            (["help", "snyc"], "unknown command `snyc`; did you mean `sync`?"),
        ])
    func mistakes(words: [String], message: String) {
        let error = #expect(throws: UsageError.self) { try Sync.tool.request(words) }
        #expect(error?.description == message)
        #expect(error?.exitCode == .usage)
    }
}
