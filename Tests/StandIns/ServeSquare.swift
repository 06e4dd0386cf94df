import CommandLines
import JSONText
import Lifecycle
import Reporting
import SampleData
import TestSupport

/// `standins square`: a Square on this machine until it is stopped.
struct ServeSquare: Command {
    static let name = "square", summary = "Serve a sample seller's account as Square would, until stopped"
    static let examples = [
        (command: "standins square", purpose: "a shop with nine locations, 30,390 orders and 159,131 line items"),
        (command: "standins square --size small --fault 429", purpose: "a small account whose first request is refused"),
    ]

    /// How much there is.
    enum Size: String, CommandValue, CaseIterable {
        case small, shop

        var volumes: SquareVolumes { self == .small ? .small : .shop }
    }
    /// What the next requests meet.
    enum Fault: String, CommandValue, CaseIterable {
        case rateLimited = "429"
        case internalError = "500"
        case unavailable = "503"
        case cut, html
        case tokenExpired = "token-expired"

        var fault: SquareFault {
            switch self {
            case .rateLimited: .status(429, retryAfterSeconds: 1)
            case .internalError: .status(500)
            case .unavailable: .status(503)
            case .cut: .cut(afterBytes: 100)
            case .html: .html
            case .tokenExpired: .unauthorized("ACCESS_TOKEN_EXPIRED")
            }
        }
    }

    @Option("how much the account has") var size: Size = .shop
    @Option("makes the content; the same seed, the same bytes") var seed: Int = 1
    @Option("the port; 0 takes a free one") var port: Int = 0
    @Option("what the next request meets; may be given again for the one after it") var fault: [Fault] = []

    func run() async throws -> ExitCode {
        guard let port = UInt16(exactly: port), let seed = UInt64(exactly: seed) else {
            throw UsageError(problem: "expected --port in 0...65535 and --seed from 0")
        }
        let square = try SquareStandIn(SquareAccount(seed: seed, size.volumes), port: port)
        for fault in fault { square.fail(fault.fault) }
        try TextOutput.standardOutput.write(ready(square))
        let signal = try await ServiceRun([StandInService { await square.stop() }]).run()
        return signal.map { ExitCode(rawValue: 128 + $0) } ?? .success
    }

    /// One line of JSON with all that a reader needs; it is there when the stand-in answers.
    private func ready(_ square: SquareStandIn) -> String {
        var json = JSONWriter()
        json.object {
            $0.member("url", square.url)
            $0.member("token", square.token)
        }
        return String(decoding: json.bytes, as: UTF8.self) + "\n"
    }
}
