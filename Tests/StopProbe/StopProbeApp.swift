import CommandLines
import Glibc
import Lifecycle

/// A process to be stopped: what the tests of `Lifecycle` and `CommandLines` cannot try in their own process.
@main struct StopProbeApp {
    static func main() async {
        await Tool("stopprobe", summary: "Waits to be stopped", version: "0", commands: [Run.self]).main()
    }
}

struct Run: Command {
    enum Manner: String, CaseIterable, CommandValue {
        /// Stops when asked to.
        case drain
        /// Is asked to stop, and does not.
        case stuck
        /// Fails by itself while another service does not stop.
        case failing
    }

    static let name = "run", summary = "Run three services until stopped"
    static let examples = [(command: "stopprobe run drain", purpose: "services that stop when asked to")]
    @Argument("how the services take a stop") var manner: Manner
    @Option("milliseconds that the services have for it") var deadline = 20_000

    func run() async throws -> ExitCode {
        var services: [any Service] = ["database", "writer", "applier"].map { Named(name: $0, isStuck: manner != .drain) }
        if manner == .failing { services.append(Failing()) }
        return ExitCode(stoppedBy: try await ServiceRun(services, deadline: .milliseconds(deadline)).run())
    }
}

/// Tells on standard error when it starts and when it has stopped.
struct Named: Service {
    let name: String
    let isStuck: Bool

    func run() async throws {
        try say("\(name) runs")
        // As a C call that never returns does: it holds a thread of the cooperative pool. Three of them hold all there are.
        while isStuck { usleep(10_000) }
        await untilCancelled()
        try await finishing { try say("\(name) stopped") }
    }
}

struct Failing: Service {
    struct Failure: Error {}
    func run() async throws { throw Failure() }
}

private func say(_ words: String) throws { try TextOutput.standardError.write(words + "\n") }
