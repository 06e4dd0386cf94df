import Foundation
import Kafka
import Synchronization

/// A real Kafka-protocol broker, run by `ops/broker`: Apache Kafka where it is at hand, else the embedded one.
///
/// One is shared by all tests of a process, each with topics of its own (`uniqueName`); a test that kills or restarts a broker takes one
/// of its own by `with`. What not every broker can is asked first:
///
///     @Test(.enabled(if: TestBroker.offers(.durable), "the broker forgets everything when it is killed"))
public struct TestBroker: Sendable {
    /// What some broker cannot; the words of `DIR/capabilities`.
    public enum Capability: String, Sendable {
        /// Everything acknowledged survives SIGKILL.
        case durable
        /// A topic deleted and made again under its name is another topic.
        case topicsRecreate = "topics-recreate"
        /// Old records go by age or size.
        case retention
        /// Old records go when told to.
        case deleteRecords = "delete-records"
        /// An offset that is not there is answered with an error, not with silence.
        case offsetErrors = "offset-errors"
    }

    public let bootstrapServers: String
    /// What it is and what it cannot do, in one line.
    public let about: String
    private let capabilities: Set<String>
    private let directory: URL

    public var settings: KafkaSettings { KafkaSettings(bootstrapServers: bootstrapServers) }
    /// For a child process that runs against this broker.
    public var environment: [String: String] { ["KAFKA_BOOTSTRAP_SERVERS": bootstrapServers] }

    public func offers(_ capability: Capability) -> Bool { capabilities.contains(capability.rawValue) }

    /// Whether the shared broker offers this; for `.enabled(if:)`. False, and told by the tests themselves, when no broker can be started.
    public static func offers(_ capability: Capability) -> Bool {
        do { return try shared.offers(capability) } catch { return true }  // The test then fails with the reason.
    }

    /// The broker that all tests of this process share; it ends with the process, however that ends.
    public static var shared: TestBroker {
        get throws {
            try sharedBroker.withLock { broker in
                if let broker { return broker }
                let made: TestBroker
                if let given = ProcessInfo.processInfo.environment["ROLLCALL_TEST_BROKER"], !given.isEmpty {
                    made = try TestBroker(in: URL(filePath: given))
                } else {
                    made = try start()
                }
                print("Broker: \(made.about)")
                broker = made
                return made
            }
        }
    }

    private static let sharedBroker = Mutex<TestBroker?>(nil)

    /// A topic prefix, or a group, that no other test has.
    public static func uniqueName(_ hint: String = "t") -> String { "\(hint)-\(UUID().uuidString.prefix(13).lowercased())" }

    /// Runs `body` with a broker of its own, which it may kill and restart; broker and folder go at the end.
    public static func with<Value>(_ body: (TestBroker) async throws -> Value) async throws -> Value {
        let broker = try start()
        do {
            let value = try await body(broker)
            try broker.end()
            return value
        } catch {
            try broker.end()
            throw error
        }
    }

    /// Ends it as a power cut would; `start` brings it back on the same port.
    public func kill() throws { _ = try Script.run("ops/broker", ["kill", directory.path]) }
    /// Starts it after `kill`, on the port it had; on a broker that is not durable everything is gone.
    public func start() throws { _ = try Script.run("ops/broker", ["start", directory.path]) }
    /// Ends it in order and starts it again on the same port.
    public func restart() throws { _ = try Script.run("ops/broker", ["restart", directory.path]) }

    private static func start() throws -> TestBroker {
        let directory = FileManager.default.temporaryDirectory.appending(path: "rollcall-broker-\(UUID().uuidString)")
        try Guardian.watch(directory, stoppedBy: "ops/broker")
        _ = try Script.run("ops/broker", ["start", directory.path])
        return try TestBroker(in: directory)
    }

    private init(in directory: URL) throws {
        func text(_ name: String) throws -> String {
            try String(contentsOf: directory.appending(path: name), encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        self.directory = directory
        bootstrapServers = try text("bootstrap")
        about = try text("about")
        capabilities = Set(try text("capabilities").split(separator: "\n").map(String.init))
    }

    private func end() throws {
        _ = try Script.run("ops/broker", ["kill", directory.path])
        try FileManager.default.removeItem(at: directory)
    }
}
