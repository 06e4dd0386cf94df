import CommandLines
import Foundation
import JSONText
import Telemetry
import TestSupport
import Testing

struct LoggerTests {
    /// What `work` logs, line by line.
    private func lines(level: Logger.Level = .info, _ work: (Logger) async throws -> Void) async throws -> [JSONObject] {
        let written = try CapturedOutput()
        let output = LogOutput(TextOutput(descriptor: written.descriptor, name: "the file"))
        let moment = Date(timeIntervalSince1970: 1_795_228_080.5)
        try await work(Logger(service: "loader", level: level, metadata: ["table": "buyers"], output: output, now: { moment }))
        let text = written.text
        #expect(text.isEmpty || text.hasSuffix("\n"))
        return try text.utf8.split(separator: UInt8(ascii: "\n")).map { line in
            guard case .object(let object) = try JSONValue(parsing: Array(line)) else { throw JSONError(problem: "no object", offset: 0) }
            return object
        }
    }

    @Test func `an event is one line of JSON, its facts sorted behind what every line has`() async throws {
        let lines = try await lines { $0.warning("Change failed", metadata: [LogKeys.recordKey: "6666", LogKeys.attempt: "2"]) }
        #expect(
            lines == [
                [
                    "time": "2026-11-21T02:28:00.500Z", "level": "warning", "service": "loader", "message": "Change failed", "attempt": "2", "key": "6666",
                    "table": "buyers",
                ]
            ])
    }

    @Test func `only lines of the level and above are written`() async throws {
        let lines = try await lines(level: .warning) { log in
            log.trace("a")
            log.debug("b")
            log.info("c")
            log.warning("d")
            log.error("e")
        }
        #expect(lines.map { $0["message"] } == ["d", "e"])
    }

    @Test func `what a task adds is on its lines and on those of its children`() async throws {
        let lines = try await lines { log in
            await Logger.adding(["run": "42", "table": "not this"]) {
                await Logger.adding(["stream": "buyers"]) {
                    await withTaskGroup(of: Void.self) { $0.addTask { log.info("inner", metadata: ["run": "43"]) } }
                }
                log.info("outer")
            }
            log.info("outside")
        }
        #expect(lines.map { $0["run"] } == ["43", "42", nil])
        #expect(lines.map { $0["stream"] } == ["buyers", nil, nil])
        #expect(lines.map { $0["table"] } == ["buyers", "buyers", "buyers"])
    }

    @Test func `a fact that has the name of a standing member is written beside it`() async throws {
        let lines = try await lines { $0.info("x", metadata: ["level": "3", "message": "y"]) }
        #expect(lines[0]["level"] == "info" && lines[0]["level_"] == "3" && lines[0]["message"] == "x" && lines[0]["message_"] == "y")
    }

    @Test func `no line is long, broken or obeyed by a terminal`() async throws {
        let lines = try await lines { $0.info("a\nb\u{9B}31m\u{7F}", metadata: ["reason": String(repeating: "長", count: 5000)]) }
        #expect(lines.count == 1)
        #expect(lines[0]["message"] == "a\nb\u{FFFD}31m\u{FFFD}")
        #expect(lines[0]["reason"] == .string(String(repeating: "長", count: 2000) + "… (3000 more characters)"))
    }

    @Test func `lines of many threads stay whole`() async throws {
        let lines = try await lines { log in
            await withTaskGroup(of: Void.self) { group in
                for task in 0..<8 { group.addTask { for line in 0..<20 { log.info("line", metadata: ["rows": "\(task)/\(line)"]) } } }
            }
        }
        #expect(Set(lines.compactMap { $0["rows"]?.kindName == "text" ? "\($0["rows"] ?? .null)" : nil }).count == 160)
    }

    @Test func `a log that cannot be written stops nothing`() {
        let log = Logger(service: "x", output: LogOutput(TextOutput(descriptor: -1, name: "nowhere")))
        log.error("lost")
        #expect(log.level == .info)
    }
}
