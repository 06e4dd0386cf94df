import Foundation
import Postgres
import TestSupport
import Testing

/// The wall clocks of the services' machine jump by forty days while rows wait and are tried again, forwards and back and over a change of DST.
/// Nothing that is decided rests on them: the database's clock, which does not jump, decides.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ClockJourneyTests {
    private static let poison: [Int: RetryWorld.Poison] = [7: .tooLong, 13: .tooLarge, 21: .check, 34: .trigger]

    @Test func `wall clocks that jump by forty days, and over a change of DST, alter nothing`() async throws {
        try await PostgresCluster.with { server in
            try await RetryWorld.with(rows: 200, poison: ClockJourneyTests.poison, on: server, broker: try TestBroker.shared) { world in
                let clock = try MovedClock(in: world.folder)
                let services = try ["loader", "retrier"].map { try world.start($0, ["run"], clock.environment) }
                try clock.jump(toDays: 0)
                try world.write(version: 1)
                try await world.sync(clock.environment)
                try await eventually("three failures wait") { try world.number("SELECT count(*) FROM retry_queue") == 3 }

                // 40 days on, 40 back, and from before the last change of clocks in London to after it.
                for (days, attempt) in [(40, 2), (-40, 3), (clock.daysToChange - 1, 4), (clock.daysToChange + 1, 4)] {
                    try clock.jump(toDays: days)
                    try await eventually("attempt \(attempt) of each has failed") { try world.number(attemptsFailed(attempt)) == 3 }
                }
                try await eventually("each is given up and told") {
                    try world.number("SELECT count(*) FROM retry_queue WHERE status = 'permanently_failed' AND announced_attempt = 4") == 3
                }
                #expect(try await world.alerts("permanent_failure").count == 3)
                #expect(try world.number(ClockJourneyTests.tooEarly) == 0)

                try clock.jump(toDays: 40)
                try world.database.session().runScript("ALTER TABLE customers ALTER COLUMN name TYPE text")
                try await eventually("the one of the narrow column comes home") { try world.number("SELECT count(*) FROM retry_queue") == 2 }

                try clock.jump(toDays: -40)
                try world.write(version: 2)
                try await world.sync(clock.environment)
                var expected: [String: [String]] = [:]
                for number in 0..<200 where [nil, .tooLong].contains(ClockJourneyTests.poison[number]) {
                    expected["C\(number)"] = world.row(number, version: 2, mended: [])
                }
                #expect(try world.table() == expected)
                #expect(try world.number("SELECT count(*) FROM run_books WHERE NOT balanced") == 0)

                for service in services { service.signal(SIGTERM) }
                for service in services { #expect(try await service.wait() == .exited(143)) }
                // The clocks did jump: the log lines of the failures that were given up tell.
                let days = Set(services[1].errors.split(separator: "\n").compactMap { $0.firstMatch(of: /"time":"([0-9-]{10})/)?.output.1 })
                #expect(days.contains { $0 != clock.today }, "the retrier's log speaks of \(days.sorted())")
            }
        }
    }

    private func attemptsFailed(_ attempt: Int) -> String {
        "SELECT count(*) FROM sync_error_log WHERE attempt = \(attempt) AND record_key IN (SELECT record_key FROM retry_queue)"
    }

    /// Attempts that came sooner after the failure before them than the pipeline's 1, 2 and 3 seconds.
    private static let tooEarly = """
        SELECT count(*) FROM sync_error_log a JOIN sync_error_log b ON b.record_key = a.record_key AND b.attempt = a.attempt + 1
        WHERE b.created_at - a.created_at < make_interval(secs => a.attempt)
        """
}

/// The wall clock that processes started with `environment` see.
private struct MovedClock {
    private let file: URL
    let environment: [String: String]
    /// Of the machine, in UTC.
    let today: Substring
    /// Counted from today, negative: when London's clocks last changed.
    let daysToChange: Int

    init(in folder: URL) throws {
        file = folder.appending(path: "clock")
        environment = [
            "LD_PRELOAD": ChildProcess.productsFolder + "/libShiftedClock.so", "SHIFTED_CLOCK_FILE": file.path, "TZ": "Europe/London",
        ]
        today = Date.now.formatted(.iso8601).prefix(10)
        let zone = try #require(TimeZone(identifier: "Europe/London"))
        let offset = zone.secondsFromGMT(for: .now)
        daysToChange = try #require((1...366).first { zone.secondsFromGMT(for: .now - Double($0) * 86_400) != offset }.map { -$0 })
        try jump(toDays: 0)
    }

    func jump(toDays days: Int) throws { try "\(days * 86_400)".write(to: file, atomically: true, encoding: .utf8) }
}
