import Failures
import TestSupport
import Testing

@Suite struct FailureMeaningTests {
    /// Any five characters an SQLSTATE may have, the ones that decide among them more often.
    static func sqlState(using random: inout SeededGenerator) -> String {
        let known = ["22001", "42804", "25006", "25P03", "55P03", "57014", "0A000", "42P01", "23505", "RC001", "08006", "40P01", "22P02"]
        if Int.random(in: 0...2, using: &random) == 0 { return known[Int.random(in: 0..<known.count, using: &random)] }
        let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        return String((0..<5).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] })
    }

    @Test("B7: every error falls in exactly one category, and what follows from it agrees", .tags(.property), arguments: 1...200 as ClosedRange<UInt64>)
    func oneCategory(seed: UInt64) {
        var random = SeededGenerator(seed)
        let sqlState = FailureMeaningTests.sqlState(using: &random)
        let category = ErrorCategory(sqlState: sqlState)
        let claims: [(ErrorCategory, Bool)] = [
            (.fieldLength, sqlState == "22001"), (.dataType, sqlState == "42804" || (sqlState.hasPrefix("22") && sqlState != "22001")),
            (.constraintViolation, sqlState.hasPrefix("23")),
            (.transient, ["08", "28", "3D", "40", "53", "57", "58"].contains { sqlState.hasPrefix($0) } || ["25006", "25P03", "55P03"].contains(sqlState)),
        ]
        #expect(claims.filter(\.1).map(\.0) == (category == .unknown ? [] : [category]))
        switch FailureMeaning(sqlState: sqlState) {
        case .row(let told): #expect(told == category && category != .transient)
        case .outage: #expect(category == .transient)
        case .tooSlow: #expect(sqlState == "57014")
        case .schema: #expect(sqlState.hasPrefix("42") && category == .unknown)
        case .stalePlan: #expect(sqlState == "0A000")
        case .raised(let code): #expect(code.rawValue == sqlState)
        }
    }

    @Test func `silence is an outage`() { #expect(FailureMeaning(sqlState: nil) == .outage) }

    @Test("What no clock cures is not retried: constraints, the table's shape, outages", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func retries(seed: UInt64) {
        var random = SeededGenerator(seed)
        let sqlState = FailureMeaningTests.sqlState(using: &random)
        let category = ErrorCategory(sqlState: sqlState)
        let isHopeless = sqlState.hasPrefix("23") || (sqlState.hasPrefix("42") && sqlState != "42804") || category == .transient
        #expect(category.isRetryable(code: sqlState) == !isHopeless)
    }

    @Test func `our own codes are no category of the server's`() {
        for code in RollcallCode.allCases {
            #expect(ErrorCategory(sqlState: code.rawValue) == .unknown)
            #expect(FailureMeaning(sqlState: code.rawValue) == .raised(code))
        }
    }
}
