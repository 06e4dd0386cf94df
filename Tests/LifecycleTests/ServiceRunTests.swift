import Lifecycle
import Synchronization
import Testing

/// Stops within one process: by cancellation, by a service's end, by its failure.
struct ServiceRunTests {
    private final class Notes: Sendable {
        private let lines = Mutex<[String]>([])
        func add(_ line: String) { lines.withLock { $0.append(line) } }
        var all: [String] { lines.withLock { $0 } }
    }

    /// Says when it runs, waits until it is cancelled, and finishes what it holds.
    private struct Waiting: Service {
        let name: String
        let notes: Notes
        let running: AsyncStream<String>.Continuation

        func run() async throws {
            running.yield(name)
            await untilCancelled()
            try await finishing {
                try await Task.sleep(for: .milliseconds(1))  // Would throw at once if it were cancelled too.
                notes.add(name)
            }
        }
    }

    private struct Ending: Service {
        let error: (any Error)?
        func run() async throws { if let error { throw error } }
    }

    private struct Broken: Error, Equatable {
        let name: String
    }

    private let notes = Notes()

    @Test func `cancelling stops in reverse order, and what was begun is finished`() async throws {
        let (running, continuation) = AsyncStream.makeStream(of: String.self)
        let services = ["database", "writer", "applier"].map { Waiting(name: $0, notes: notes, running: continuation) }
        let task = Task { try await ServiceRun(services, stopsOnSignals: false).run() }
        var names = running.makeAsyncIterator()
        for _ in services { _ = await names.next() }
        task.cancel()
        #expect(try await task.value == nil)
        #expect(notes.all == ["applier", "writer", "database"])
    }

    @Test func `a run that is cancelled before it begins stops all the same`() async throws {
        let (_, continuation) = AsyncStream.makeStream(of: String.self)
        let services = [Waiting(name: "one", notes: notes, running: continuation)]
        let task = Task {
            await untilCancelled()
            return try await ServiceRun(services, stopsOnSignals: false).run()
        }
        task.cancel()
        #expect(try await task.value == nil)
        #expect(notes.all == ["one"])
    }

    @Test func `what one service throws stops the others and is the reason`() async throws {
        let (_, continuation) = AsyncStream.makeStream(of: String.self)
        let services: [any Service] = [
            Waiting(name: "one", notes: notes, running: continuation), Ending(error: Broken(name: "cause")),
            Waiting(name: "two", notes: notes, running: continuation),
        ]
        await #expect(throws: Broken(name: "cause")) { try await ServiceRun(services, stopsOnSignals: false).run() }
        #expect(notes.all == ["two", "one"])
    }

    @Test func `a service that is done ends the run`() async throws {
        let (_, continuation) = AsyncStream.makeStream(of: String.self)
        let services: [any Service] = [Waiting(name: "one", notes: notes, running: continuation), Ending(error: nil)]
        #expect(try await ServiceRun(services, stopsOnSignals: false).run() == nil)
        #expect(notes.all == ["one"])
    }

    @Test func `finishing passes on what the work throws`() async {
        await #expect(throws: Broken(name: "work")) { try await finishing { throw Broken(name: "work") } }
    }
}
