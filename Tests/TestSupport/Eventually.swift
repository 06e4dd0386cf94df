import Testing

/// Waits until `condition` holds, looking again every few milliseconds, and fails the test at the deadline.
///
/// For what another process or thread brings about and no event announces; it is no replacement for awaiting an event.
/// - Parameter what: The awaited fact, said in the failure.
public func eventually(
    _ what: String, within limit: Duration = .seconds(60), sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while true {
        if try await condition() { return }
        guard ContinuousClock.now < deadline else { break }
        try await Task.sleep(for: .milliseconds(10))
    }
    let comment = Comment(rawValue: "Not within \(limit): \(what)")
    Issue.record(comment, sourceLocation: sourceLocation)
    throw NeverHeld(what: what)
}

/// Ends a test whose awaited condition never held.
public struct NeverHeld: Error {
    /// The condition, in words.
    public let what: String
    public init(what: String) { self.what = what }
}
