import Settings
import Testing

/// What a loader-like service asks for.
private struct Sample: SettingsReadable {
    enum Mode: String, CaseIterable, SettingValue { case fast, careful }

    let batches: Int
    let wait: Duration
    let mode: Mode
    let share: Double?
    let folder: String

    init(reading settings: SettingsReader) throws(SettingsError) {
        batches = try settings.value("ROLLCALL_BATCHES_IN_FLIGHT", default: 4, in: 1...16, "batches sent before the first answer")
        wait = try settings.value("ROLLCALL_WAIT", default: .seconds(30), in: .seconds(1) ... .seconds(600), "how long to wait for the books")
        mode = try settings.value("ROLLCALL_MODE", default: .careful, "how to go about it")
        share = try settings.optional("ROLLCALL_SHARE", "part of the rows to look at")
        folder = try settings.required("ROLLCALL_PIPELINES", "the folder with the pipeline files")
        try settings.check(batches < 16 || mode == .careful, "ROLLCALL_BATCHES_IN_FLIGHT is 16; expected less in mode fast")
    }
}

struct SettingsReaderTests {
    private func problems(_ values: [String: String]) -> [String] {
        do {
            _ = try SettingsReader(values: values).read(Sample.self)
            return []
        } catch { return error.problems }
    }

    @Test func `what is not set has its default`() throws {
        let sample = try SettingsReader(values: ["ROLLCALL_PIPELINES": "p", "ROLLCALL_MODE": ""]).read(Sample.self)
        #expect(sample.batches == 4 && sample.wait == .seconds(30) && sample.mode == .careful && sample.share == nil && sample.folder == "p")
    }

    @Test func `what is set is read in its type`() throws {
        let sample = try SettingsReader(values: [
            "ROLLCALL_BATCHES_IN_FLIGHT": "16", "ROLLCALL_WAIT": "5m", "ROLLCALL_MODE": "careful", "ROLLCALL_SHARE": "0.25", "ROLLCALL_PIPELINES": "買主",
        ]).read(Sample.self)
        #expect(sample.batches == 16 && sample.wait == .seconds(300) && sample.share == 0.25 && sample.folder == "買主")
    }

    @Test func `everything that is wrong is told at once, with name, what came and what was expected`() throws {
        let values = ["ROLLCALL_BATCHES_IN_FLIGHT": "0", "ROLLCALL_WAIT": "5 min", "ROLLCALL_MODE": "quick", "ROLLCALL_SHARE": "nan"]
        #expect(
            problems(values) == [
                "ROLLCALL_BATCHES_IN_FLIGHT is 0; expected a whole number in 1...16",
                "ROLLCALL_WAIT is `5 min`; expected a duration like 250ms, 30s, 5m, 2h or 1d",
                "ROLLCALL_MODE is `quick`; expected fast | careful",
                "ROLLCALL_SHARE is `nan`; expected a number",
                "ROLLCALL_PIPELINES is not set; expected text: the folder with the pipeline files",
            ])
        let error = #expect(throws: SettingsError.self) { try SettingsReader(values: values).read(Sample.self) }
        #expect(error?.description.hasPrefix("5 settings are wrong:\n  ROLLCALL_BATCHES_IN_FLIGHT is 0") == true)
    }

    @Test func `a rule over several settings is told beside the others`() {
        #expect(
            problems(["ROLLCALL_BATCHES_IN_FLIGHT": "16", "ROLLCALL_MODE": "fast"]) == [
                "ROLLCALL_PIPELINES is not set; expected text: the folder with the pipeline files",
                "ROLLCALL_BATCHES_IN_FLIGHT is 16; expected less in mode fast",
            ])
    }

    @Test(arguments: [
        ("1AbC\r\n", "a carriage return (CR; was it written on Windows?)"), ("1AbC\n", "a line end (LF)"), ("a\tb", "a tab"),
        ("a\u{1B}", "a control character (0x1b)"),
    ])
    func `a stray line end is refused, never part of a value`(value: String, what: String) {
        #expect(problems(["ROLLCALL_PIPELINES": value]) == ["ROLLCALL_PIPELINES holds \(what); expected one line of text without it"])
    }

    @Test func `a single read throws at once`() {
        let settings = SettingsReader(values: ["ROLLCALL_PORT": "70000"])
        #expect(throws: SettingsError(problems: ["ROLLCALL_PORT is 70000; expected a whole number in 0...65535"])) {
            try settings.value("ROLLCALL_PORT", default: 0, in: 0...65535, "a port")
        }
        #expect(throws: SettingsError.self) { try settings.required("ROLLCALL_NOTHING", as: String.self, "not there") }
    }

    @Test func `a misspelled name is noticed, and names of others are left alone`() throws {
        let reader = SettingsReader(values: ["ROLLCALL_PIPELINES": "p", "ROLLCALL_BATCHES_INFLIGHT": "8", "ROLLCALL_SOMETHING_ELSE": "1", "PATH": "/bin"])
        _ = try reader.read(Sample.self)
        #expect(reader.warnings == ["ROLLCALL_BATCHES_INFLIGHT is set but unknown; did you mean ROLLCALL_BATCHES_IN_FLIGHT?"])
    }

    @Test func `a name that is alike in its beginning alone is another service's`() throws {
        let reader = SettingsReader(values: ["ROLLCALL_PIPELINES": "p", "ROLLCALL_OTHERS_PER_FLIGHT": "8"])
        _ = try reader.read(Sample.self)
        #expect(reader.warnings == [])
    }

    @Test func `the hint stands beside the error that the misspelling caused`() {
        let error = #expect(throws: SettingsError.self) { try SettingsReader(values: ["ROLLCALL_PIPELINE": "p"]).read(Sample.self) }
        #expect(error?.hints == ["ROLLCALL_PIPELINE is set but unknown; did you mean ROLLCALL_PIPELINES?"])
    }

    @Test func `the reference is printed from the reads themselves, with nothing set`() throws {
        #expect(
            try SettingsReader.reference(of: [Sample.self]) == """
                | setting | what it decides | expected | default |
                | --- | --- | --- | --- |
                | `ROLLCALL_BATCHES_IN_FLIGHT` | batches sent before the first answer | a whole number in 1...16 | `4` |
                | `ROLLCALL_WAIT` | how long to wait for the books | a duration like 250ms, 30s, 5m, 2h or 1d in 1s...10m | `30s` |
                | `ROLLCALL_MODE` | how to go about it | fast \\| careful | `careful` |
                | `ROLLCALL_SHARE` | part of the rows to look at | a number |  |
                | `ROLLCALL_PIPELINES` | the folder with the pipeline files | text | required |

                """)
    }

    @Test(arguments: [
        ("250ms", Duration.milliseconds(250)), ("0s", .zero), ("30s", .seconds(30)), ("90s", .seconds(90)), ("5m", .seconds(300)), ("2h", .seconds(7200)),
        ("1d", .seconds(86_400)),
    ])
    func `a duration is a whole number and its unit, and is written back alike`(text: String, duration: Duration) {
        #expect(Duration(setting: text) == duration)
        #expect(duration.settingText == text)
    }

    @Test(arguments: ["", "5", "s", "5 s", "-5s", "5.5s", "5min", "５s", "99999999999999999999s", "9223372036854775807d"])
    func `what is no duration is refused`(text: String) {
        #expect(Duration(setting: text) == nil)
    }
}
