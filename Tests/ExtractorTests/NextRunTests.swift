import Foundation
import Pipelines
import Testing

@testable import Extractor

@Suite struct NextRunTests {
    private func date(_ text: String) throws -> Date { try Date(text, strategy: .iso8601) }

    @Test func `an interval counts from the start of the last run and is due at once without one`() throws {
        let now = try date("2026-11-21T10:00:00Z"), last = try date("2026-11-21T09:55:00Z")
        #expect(nextRun(.every(.seconds(600)), lastStarted: last, now: now) == (try date("2026-11-21T10:05:00Z")))
        #expect(nextRun(.every(.seconds(600)), lastStarted: nil, now: now) == now)
    }

    @Test func `a time of day is that of its zone`() throws {
        let daily = Schedule.daily(hour: 5, minute: 30, timeZone: "Asia/Tokyo")
        let now = try date("2026-11-21T10:00:00Z")
        #expect(nextRun(daily, lastStarted: nil, now: now) == (try date("2026-11-21T20:30:00Z")))
        #expect(nextRun(daily, lastStarted: try date("2026-11-20T20:30:01Z"), now: now) == (try date("2026-11-21T20:30:00Z")))
    }

    @Test func `a day that was missed while the service was down is made good`() throws {
        let daily = Schedule.daily(hour: 5, minute: 30, timeZone: "Asia/Tokyo")
        let now = try date("2026-11-21T22:00:00Z")
        #expect(nextRun(daily, lastStarted: try date("2026-11-19T20:30:01Z"), now: now) == (try date("2026-11-21T20:30:00Z")))
    }

    @Test func `a time of day that the clocks skip comes when they have moved on`() throws {
        let daily = Schedule.daily(hour: 2, minute: 30, timeZone: "Europe/Berlin")
        #expect(nextRun(daily, lastStarted: nil, now: try date("2027-03-27T20:00:00Z")) == (try date("2027-03-28T01:00:00Z")))
    }

    @Test func `a time of day that comes twice is taken the first time only`() throws {
        let daily = Schedule.daily(hour: 2, minute: 30, timeZone: "Europe/Berlin")
        let first = try date("2027-10-31T00:30:00Z")
        #expect(nextRun(daily, lastStarted: nil, now: try date("2027-10-30T20:00:00Z")) == first)
        #expect(nextRun(daily, lastStarted: first, now: first.addingTimeInterval(60)) == (try date("2027-11-01T01:30:00Z")))
    }
}
