import Dispatch
import Foundation
import Postgres
import Synchronization

/// A PostgreSQL server of this test process alone, run by `ops/postgres` in a folder of its own; for tests that stop or restart it.
public struct PostgresCluster: Sendable {
    public let url: String
    private let directory: URL

    /// Starts a cluster that ends, and whose folder goes, when `body` returns; also when this process is killed.
    @discardableResult public static func with<Value>(settings: [String] = [], _ body: (PostgresCluster) async throws -> Value) async throws -> Value {
        let cluster = try await start(settings: settings)
        do {
            let value = try await body(cluster)
            try cluster.end()
            return value
        } catch {
            try cluster.end()
            throw error
        }
    }

    /// Kills the server as a power cut would, and starts it again on the same port.
    public func restartImmediately() throws { _ = try Script.run("ops/postgres", ["restart-immediate", directory.path]) }

    /// From now on `role`, which is made, is let in with this password only.
    public func demandPassword(of role: String, _ password: String) throws {
        let session = try PostgresSession.connect(PostgresSettings(address: url))
        try session.query("CREATE ROLE \(try Identifier(role).quoted) LOGIN PASSWORD '\(password)'")
        let rules = "('host all \(role) 127.0.0.1/32 scram-sha-256'), ('host all all 127.0.0.1/32 trust'), ('local all all trust')"
        let file = try session.query("SHOW hba_file").only().text(0)
        try session.query("COPY (VALUES \(rules)) TO '\(file)'")
        try session.query("SELECT pg_reload_conf()")
    }

    public func stop() throws { _ = try Script.run("ops/postgres", ["stop", directory.path]) }

    /// Starts the server again after `stop`, on the same port unless another program took it.
    public func start() throws { _ = try Script.run("ops/postgres", ["start", directory.path]) }

    /// The server that all scratch databases of this process share; it ends with the process.
    static func shared() async throws -> String { try await sharedAddress.value }

    private static let sharedAddress = Task {
        if let given = ProcessInfo.processInfo.environment["ROLLCALL_TEST_DATABASE_URL"] { return given }
        return try await start(settings: []).url
    }

    private static func start(settings: [String]) async throws -> PostgresCluster {
        let directory = FileManager.default.temporaryDirectory.appending(path: "rollcall-postgres-\(UUID().uuidString)")
        // Nothing here has to survive the machine, only the server's own crashes: those lose nothing without fsync.
        let arguments = ["start", directory.path, "fsync=off", "full_page_writes=off"] + settings
        let url = try await offThePool {
            try Guardian.watch(directory, stoppedBy: "ops/postgres")
            return try Script.run("ops/postgres", arguments)
        }
        return PostgresCluster(url: url, directory: directory)
    }

    private func end() throws {
        try stop()
        try FileManager.default.removeItem(at: directory)
    }
}

/// Runs what blocks on a thread of Dispatch: the cooperative pool has as many threads as the machine has cores, and a few tests that wait for
/// servers and databases to be made would leave no other test a thread.
func offThePool<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { done in
        DispatchQueue.global().async { @Sendable in done.resume(with: Result { try work() }) }
    }
}

/// Runs a script of the project and waits for it.
enum Script {
    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    /// - Returns: what it wrote to stdout, trimmed.
    static func run(_ path: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = Repository.root.appending(path: path)
        process.arguments = arguments
        let (output, complaint) = (Pipe(), Pipe())
        (process.standardOutput, process.standardError) = (output, complaint)
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let problem = String(decoding: complaint.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failed(description: "\(path) \(arguments.joined(separator: " ")) ended with \(process.terminationStatus): \(problem)")
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// Ends servers whose test process is gone, however it went: a shell that outlives us reads a pipe which closes with us.
enum Guardian {
    /// - Parameter script: the project's script that ends it by `stop DIR`.
    static func watch(_ directory: URL, stoppedBy script: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/setsid")
        let afterwards = "cat >/dev/null; [ -d \"$2\" ] || exit 0; \"$1\" stop \"$2\"; rm -rf \"$2\""
        process.arguments = ["/bin/sh", "-c", afterwards, "guardian", Repository.root.appending(path: script).path, directory.path]
        let life = Pipe()
        process.standardInput = life
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try process.run()
        pipes.withLock { $0.append(life) }
    }

    /// Held open until the process ends.
    private static let pipes = Mutex<[Pipe]>([])
}
