/// Something that works until it is cancelled. Cancellation means: finish what you hold, then return.
public protocol Service: Sendable {
    func run() async throws
}

/// Work that a stop must not tear apart (one batch: apply, report, commit) runs to its end even in a cancelled task.
public func finishing<Value: Sendable>(_ work: sending @escaping @isolated(any) () async throws -> Value) async throws -> Value {
    try await Task(operation: work).value  // An unstructured task does not inherit cancellation; task-locals it does.
}

/// Returns when the task is cancelled: the whole waiting of a service that only holds something open.
public func untilCancelled() async {
    let (silence, source) = AsyncStream.makeStream(of: Never.self)
    for await _ in silence {}  // Ends only by cancellation.
    source.finish()  // Named here so that the stream's source lives until then.
}
