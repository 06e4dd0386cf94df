import CommandLines
import HTTPServer
import JSONText
import Lifecycle

/// Serves `/livez`, `/readyz` and `/metrics` until it is cancelled. First in a `ServiceRun`, so that it answers until all others have stopped.
public struct HealthEndpoint: Service {
    private let settings: TelemetrySettings
    private let readiness: Readiness
    private let metrics: Metrics
    private let log: Logger

    /// Listens only once it runs.
    public init(_ settings: TelemetrySettings, readiness: Readiness, metrics: Metrics, log: Logger) {
        (self.settings, self.readiness, self.metrics, self.log) = (settings, readiness, metrics, log)
    }

    /// Serves until the task is cancelled. Throws `HealthEndpointError` when the address cannot be taken.
    public func run() async throws {
        let listener = try listen()
        log.info("Health endpoint listens", metadata: [LogKeys.address: "\(settings.healthHost):\(listener.port)"])
        await untilCancelled()
        await listener.stop(deadline: .seconds(1))
    }

    private func listen() throws -> HTTPListener {
        var place = HTTPListenerSettings()
        place.host = settings.healthHost
        place.port = UInt16(settings.healthPort)
        place.methods = ["GET", "HEAD"]
        place.bodyBytesMax = 0
        do { return try HTTPListener(place) { answer(to: $0.path) } } catch let error as HTTPListenerError {
            throw HealthEndpointError(
                description: "\(error.description); expected a free address of this machine in ROLLCALL_HEALTH_HOST and ROLLCALL_HEALTH_PORT")
        }
    }

    func answer(to path: String) -> ServerResponse {
        switch path {
        case "/livez": ServerResponse(contentType: "text/plain; charset=utf-8", "ok\n")
        case "/readyz": readinessAnswer()
        // https://prometheus.io/docs/instrumenting/exposition_formats/#basic-info
        case "/metrics": ServerResponse(contentType: "text/plain; version=0.0.4; charset=utf-8", metrics.exposition())
        default:
            ServerResponse(status: 404, contentType: "application/problem+json", #"{"status":404,"detail":"known here: /livez, /readyz, /metrics"}"# + "\n")
        }
    }

    private func readinessAnswer() -> ServerResponse {
        let reasons = readiness.reasons
        var json = JSONWriter()
        json.object { json in
            json.member("ready", reasons.isEmpty)
            json.object("reasons") { json in
                for (part, reason) in reasons.sorted(by: { $0.key < $1.key }) { json.member(part, reason) }
            }
        }
        return ServerResponse(
            status: reasons.isEmpty ? 200 : 503, contentType: "application/json", String(decoding: json.bytes, as: UTF8.self) + "\n")
    }
}

/// The health endpoint could not start.
public struct HealthEndpointError: CustomExit, CustomStringConvertible {
    public let description: String
    public var exitCode: ExitCode { .environment }
}
