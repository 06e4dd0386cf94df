import CommandLines
import Foundation
import HTTPClient
import JSONText
import Settings
import Telemetry
import TestSupport
import Testing

/// The health endpoint over real HTTP.
struct HealthEndpointTests {
    /// Serves on a free port while `body` asks.
    private func serving(
        _ readiness: Readiness, _ metrics: Metrics = Metrics(), _ body: (_ get: (String) async throws -> HTTPResponse) async throws -> Void
    ) async throws {
        let written = try CapturedOutput()
        let log = Logger(service: "loader", output: LogOutput(TextOutput(descriptor: written.descriptor, name: "the file")))
        let endpoint = HealthEndpoint(try SettingsReader(values: [:]).read(TelemetrySettings.self), readiness: readiness, metrics: metrics, log: log)
        let serving = Task { try await endpoint.run() }
        try await eventually("the address is logged") { written.text.hasSuffix("\n") }
        let address = written.text.dropLast()
        guard case .object(let line) = try JSONValue(parsing: Array(address.utf8)), case .string(let host)? = line["address"] else {
            throw JSONError(problem: "no address in \(address)", offset: 0)
        }
        let session = try HTTPSession(HTTPSessionSettings(userAgent: "tests"))
        try await body { path in try await session.send(HTTPRequest("GET", "http://\(host)\(path)")) }
        await session.close()
        serving.cancel()
        try await serving.value
    }

    @Test func `a service is ready when all its parts are, and says which are not`() async throws {
        let readiness = Readiness(waitingFor: ["postgres", "kafka"])
        try await serving(readiness) { get in
            let starting = try await get("/readyz")
            #expect(starting.status == 503)
            #expect(String(decoding: starting.body, as: UTF8.self) == #"{"ready":false,"reasons":{"kafka":"starting","postgres":"starting"}}"# + "\n")
            readiness.ready("kafka")
            readiness.notReady("postgres", "no connection since 02:28")
            #expect(String(decoding: try await get("/readyz").body, as: UTF8.self).contains(#"{"postgres":"no connection since 02:28"}"#))
            readiness.ready("postgres")
            #expect(try await get("/readyz").status == 200)
        }
    }

    @Test func `a service that is not ready lives, and its metrics are served`() async throws {
        let metrics = Metrics()
        metrics.counter("rollcall_x_total", "X.")().add(3)
        try await serving(Readiness(waitingFor: ["kafka"]), metrics) { get in
            #expect(try await get("/livez").status == 200)
            let answer = try await get("/metrics")
            #expect(answer.head.first("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
            #expect(String(decoding: answer.body, as: UTF8.self) == metrics.exposition())
            #expect(try await get("/").status == 404)
        }
    }

    @Test func `an address that is none of this machine's is refused with its cure`() async throws {
        // 192.0.2.0/24 is nobody's: RFC 5737.
        let settings = try SettingsReader(values: ["ROLLCALL_HEALTH_HOST": "192.0.2.1"]).read(TelemetrySettings.self)
        let endpoint = HealthEndpoint(settings, readiness: Readiness(), metrics: Metrics(), log: Logger(service: "loader"))
        let error = await #expect(throws: HealthEndpointError.self) { try await endpoint.run() }
        #expect(error?.exitCode == .environment)
        #expect(error?.description.hasSuffix("expected a free address of this machine in ROLLCALL_HEALTH_HOST and ROLLCALL_HEALTH_PORT") == true)
    }
}
