import Foundation
import Synchronization

/// One of our executables as a process of its own, as it runs in production: started, signalled, killed, waited for.
///
/// What it prints goes to two files in a folder of its own, so a child that writes much never waits for the test to read.
public final class ChildProcess: Sendable {
    /// How a process ended.
    public enum Ending: Sendable, Equatable {
        case exited(Int32)
        case signalled(Int32)
    }

    public let name: String
    public let processIdentifier: pid_t
    private let folder: URL
    private let ending: Mutex<Ending?> = Mutex(nil)

    /// Starts `product` (as in `Package.swift`) from the folder the tests were built into, or the program of that absolute path.
    /// - Parameter environment: the child's whole environment, but for `PATH` and `HOME`, which are passed on.
    public init(_ product: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        name = product
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("rollcall-child-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = product.hasPrefix("/") ? product : ChildProcess.productsFolder + "/" + product
        var variables = environment
        for inherited in ["PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH"] where variables[inherited] == nil {
            variables[inherited] = ProcessInfo.processInfo.environment[inherited]
        }
        processIdentifier = try spawn(
            path, [product] + arguments, variables, output: folder.appendingPathComponent("out").path,
            errors: folder.appendingPathComponent("err").path)
    }

    deinit {
        if ending.withLock({ $0 }) == nil {
            kill(processIdentifier, SIGKILL)
            var status: Int32 = 0
            waitpid(processIdentifier, &status, 0)
        }
        try? FileManager.default.removeItem(at: folder)
    }

    public func signal(_ signal: Int32) { kill(processIdentifier, signal) }

    /// Standard output so far.
    public var output: String { text("out") }
    /// Standard error so far: log lines and messages.
    public var errors: String { text("err") }

    public var isRunning: Bool { poll() == nil }

    /// Waits for the end; a child that is not over by the deadline is killed, and the wait throws.
    @discardableResult public func wait(within limit: Duration = .seconds(60)) async throws -> Ending {
        let deadline = ContinuousClock.now + limit
        while true {
            if let ending = poll() { return ending }
            guard ContinuousClock.now < deadline else {
                signal(SIGKILL)
                throw ChildProcessError(description: "\(name) did not end within \(limit); standard error ends with:\n\(errors.suffix(2000))")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private func poll() -> Ending? {
        ending.withLock { ending in
            if let ending { return ending }
            var status: Int32 = 0
            guard waitpid(processIdentifier, &status, WNOHANG) == processIdentifier else { return nil }
            // The macros of <sys/wait.h> are not imported: the low seven bits hold the signal, the next byte the exit code.
            let signal = status & 0x7F
            ending = signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
            return ending
        }
    }

    private func text(_ file: String) -> String {
        guard let data = try? Data(contentsOf: folder.appendingPathComponent(file)) else { return "" }
        return String(decoding: data, as: UTF8.self)
    }

    /// The folder of the running test bundle, where SwiftPM puts the executables too.
    public static let productsFolder: String = {
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? "/proc/self/exe"
        return URL(fileURLWithPath: bundle).resolvingSymlinksInPath().deletingLastPathComponent().path
    }()
}

public struct ChildProcessError: Error, CustomStringConvertible {
    public let description: String

    public init(description: String) { self.description = description }
}

/// `posix_spawn`, with the child's streams in files and the default action for every signal.
private func spawn(
    _ path: String, _ arguments: [String], _ environment: [String: String], output: String, errors: String
) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    // A group of its own: a Ctrl-C on the terminal of the tests is not the child's.
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer {
        for word in words + variables { free(word) }
        words = []
        variables = []
    }
    var child: pid_t = 0
    let code = posix_spawn(&child, path, &actions, &attributes, words, variables)
    guard code == 0 else { throw ChildProcessError(description: "\(path) could not be started: \(String(cString: strerror(code)))") }
    return child
}
