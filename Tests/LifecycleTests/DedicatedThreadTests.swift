import Foundation
import Lifecycle
import TestSupport
import Testing

/// Stands for a connection of librdkafka or libpq: `receive` blocks in C until something comes or it is woken.
private actor BlockingConnection {
    private let thread: DedicatedThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
    /// As PQcancel and rd_kafka_queue_yield are: callable from any thread, wakes the blocked call.
    private let wakeRead: Int32, wakeWrite: Int32

    init(name: String = "blocking") throws {
        thread = DedicatedThread(name: name)
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        (wakeRead, wakeWrite) = (ends[0], ends[1])
    }

    deinit {
        close(wakeRead)
        close(wakeWrite)
    }

    func receive(milliseconds: Int32) async throws -> Bool {
        try Task.checkCancellation()
        return try await withTaskCancellationHandler {
            var descriptor = pollfd(fd: wakeRead, events: Int16(POLLIN), revents: 0)
            let ready = poll(&descriptor, 1, milliseconds)
            try Task.checkCancellation()
            return ready > 0
        } onCancel: {
            var byte: UInt8 = 1
            #expect(write(wakeWrite, &byte, 1) == 1)
        }
    }

    /// The kernel's name of the thread that runs the actor, and its number.
    func threadName() throws -> String { try String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8).trimmingCharacters(in: .newlines) }
}

struct DedicatedThreadTests {
    @Test func `cancelling reaches a blocked C call`() async throws {
        let connection = try BlockingConnection()
        let task = Task { try await connection.receive(milliseconds: 60_000) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `the actor runs on its own thread, named to fit the kernel`() async throws {
        #expect(try await BlockingConnection(name: "postgres").threadName() == "postgres")
        let long = try await BlockingConnection(name: "a-very-long-thread-name").threadName()
        #expect(long == "a-very-long-thr")
    }

    @Test func `blocked actors do not hold up others`() async throws {
        let blocked = try (0..<8).map { _ in try BlockingConnection() }
        let tasks = blocked.map { connection in Task { try await connection.receive(milliseconds: 60_000) } }
        #expect(try await BlockingConnection().receive(milliseconds: 0) == false)
        for task in tasks { task.cancel() }
        for task in tasks { await #expect(throws: CancellationError.self) { try await task.value } }
    }

    @Test func `a thread ends with its actor`() async throws {
        let name = "ends-with-it"
        for _ in 0..<50 { #expect(try await BlockingConnection(name: name).receive(milliseconds: 0) == false) }
        try await eventually("no thread is left") {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").allSatisfy { task in
                // A thread that ends while the folder is read has no name any more.
                let comm = FileManager.default.contents(atPath: "/proc/self/task/\(task)/comm") ?? Data()
                return String(decoding: comm, as: UTF8.self) != name + "\n"
            }
        }
    }
}
