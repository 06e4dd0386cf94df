import Testing

/// `@Suite(.oneDatabase)`: the suite's tests share one scratch database with the books, for properties whose hundred cases each work in a
/// transaction that is rolled back.
public struct SuiteDatabase: SuiteTrait, TestScoping {
    @TaskLocal static var current: ScratchDatabase?

    public func provideScope(for test: Test, testCase: Test.Case?, performing tests: @Sendable () async throws -> Void) async throws {
        try await ScratchDatabase.with { database in
            try await SuiteDatabase.$current.withValue(database) { try await tests() }
        }
    }
}

extension Trait where Self == SuiteDatabase {
    public static var oneDatabase: SuiteDatabase { SuiteDatabase() }
}

extension ScratchDatabase {
    /// The database of the suite this test belongs to.
    /// - Throws: `NeverHeld` outside of a suite with `.oneDatabase`.
    public static func ofSuite() throws -> ScratchDatabase {
        guard let database = SuiteDatabase.current else { throw NeverHeld(what: "the suite has the trait .oneDatabase") }
        return database
    }
}
