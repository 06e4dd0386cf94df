import CommandLines
import TestSupport
import Testing

@testable import Reporting

struct ProgressTests {
    private func line(done: Int, total: Int?, seconds: Int) -> ProgressLine {
        ProgressLine(what: "buyers", unit: "row", done: done, total: total, elapsed: .seconds(seconds))
    }

    @Test func `time left is what remains at the rate so far, rounded up`() {
        #expect(line(done: 1000, total: 4000, seconds: 2).left == .seconds(6))
        #expect(line(done: 1000, total: 4001, seconds: 2).left == .seconds(7))
        #expect(line(done: 0, total: 4000, seconds: 2).left == nil)
        #expect(line(done: 10, total: nil, seconds: 2).left == nil)
        #expect(line(done: 4000, total: 4000, seconds: 2).left == nil)
        #expect(line(done: 10, total: 4000, seconds: 0).left == nil)
    }

    @Test(arguments: [
        (0, Optional(0), 0, "buyers: 0 rows"), (0, 1, 0, "buyers: 0 of 1 row, 0 %"), (1, nil, 1, "buyers: 1 row, 1 row/s"),
        (1000, 4000, 2, "buyers: 1,000 of 4,000 rows, 25 %, 500 rows/s, 6.0 s left"), (4137, 4137, 20, "buyers: 4,137 of 4,137 rows, 100 %, 207 rows/s"),
        (5000, 4137, 20, "buyers: 5,000 of 4,137 rows, 100 %, 250 rows/s"),
    ])
    func `a line tells what is known and nothing else`(done: Int, total: Int?, seconds: Int, sentence: String) {
        #expect(line(done: done, total: total, seconds: seconds).sentence == sentence)
    }

    @Test func `the bar fills what the terminal leaves, and gives way on a narrow one`() {
        #expect(line(done: 1, total: 4, seconds: 0).bar(columns: 44) == "buyers: 1 of 4 rows  25 %  [###------------]")
        #expect(line(done: 4, total: 4, seconds: 0).bar(columns: 200).hasSuffix("[" + String(repeating: "#", count: 40) + "]"))
        #expect(line(done: 1, total: 4, seconds: 0).bar(columns: 30) == "buyers: 1 of 4 rows  25 %")
        #expect(line(done: 1, total: 4, seconds: 0).bar(columns: 10) == "buyers: 1…")
    }

    @Test func `a terminal's bar is redrawn in place, ten times a second at most`() throws {
        let written = try CapturedOutput(), clock = ManualClock()
        let progress = ProgressBar("b", unit: "row", total: 4, on: TextOutput(descriptor: written.descriptor, name: "the file"), columns: 21, clock: clock)
        progress.update(done: 1)
        clock.advance(by: .milliseconds(99))
        progress.update(done: 2)
        progress.note("hello")
        clock.advance(by: .milliseconds(1))
        progress.advance(by: 2)
        progress.finish()
        #expect(
            written.text == "\rb: 1 of 4 rows  25 %\u{1B}[K" + "\r\u{1B}[Khello\n" + "\rb: 4 of 4 rows  100…\u{1B}[K" + "\rb: 4 of 4 rows  100…\u{1B}[K\n")
    }

    @Test func `without a terminal a line is written every ten seconds, and at the end`() throws {
        let written = try CapturedOutput(), clock = ManualClock()
        let progress = ProgressBar("b", unit: "row", total: 40, on: TextOutput(descriptor: written.descriptor, name: "the file"), columns: nil, clock: clock)
        for done in 1...40 {
            progress.update(done: done)
            clock.advance(by: .seconds(1))
        }
        progress.note("hello")
        progress.finish()
        let lines = written.text.split(separator: "\n").map(String.init)
        #expect(
            lines.map { $0.prefix(14).split(separator: ",")[0] } == [
                "b: 1 of 40 row", "b: 11 of 40 ro", "b: 21 of 40 ro", "b: 31 of 40 ro", "hello", "b: 40 of 40 ro",
            ])
    }

    @Test func `a reader who went away does not stop the work`() {
        let progress = ProgressBar("b", unit: "row", total: 40, on: TextOutput(descriptor: -1, name: "nothing"), columns: nil, clock: ManualClock())
        progress.update(done: 40)
        progress.finish()
        #expect(throws: OutputError.self) { try TextOutput(descriptor: -1, name: "nothing").write("x") }
    }

    @Test func `colour is for a terminal, and not for who asked for none`() {
        #expect(Emphasis(isTerminal: true, environment: [:]).bad("x") == "\u{1B}[31mx\u{1B}[0m")
        #expect(Emphasis(isTerminal: true, environment: ["NO_COLOR": ""]).good("x") == "\u{1B}[32mx\u{1B}[0m")
        #expect(Emphasis(isTerminal: true, environment: ["NO_COLOR": "1"]).bad("x") == "x")
        #expect(Emphasis(isTerminal: true, environment: ["TERM": "dumb"]).strong("x") == "x")
        #expect(Emphasis(isTerminal: false, environment: [:]).bad("x") == "x")
    }
}
