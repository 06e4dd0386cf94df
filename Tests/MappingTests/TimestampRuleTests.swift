import Mapping
import Pipelines
import Testing

@Suite struct TimestampRuleTests {
    @Test(arguments: [
        ("2026/05/19 11:24:5", "2026-05-19T11:24:05+09:00"), ("2026-05-19T11:24:05Z", "2026-05-19T11:24:05+00:00"),
        ("2026-05-19 11:24:05.5-0330", "2026-05-19T11:24:05.5-03:30"), ("2026/5/19", "2026-05-19T00:00:00+09:00"),
        ("2026/5/19(火) 11:24", "2026-05-19T11:24:00+09:00"),
    ])
    func `a text means its zone, or the source's`(text: String, expected: String) throws { #expect(try value(.text(text), .timestamp) == "\"\(expected)\"") }

    @Test func `a serial number keeps its time to the second`() throws {
        #expect(try value(.number("45662.4375"), .timestamp) == "\"2025-01-05T10:30:00+09:00\"")
        #expect(try value(.number("46161.475057870"), .timestamp) == "\"2026-05-19T11:24:05+09:00\"")
        #expect(try value(.number("45662.999999"), .timestamp) == "\"2025-01-06T00:00:00+09:00\"")
        #expect(try value(.number("0.5"), .timestamp) == "not_a_timestamp")
    }

    @Test func `a time that clocks skipped is refused, one that came twice is the first`() throws {
        let berlin = "Europe/Berlin"
        #expect(try value("2025-03-30 02:30", .timestamp, zone: berlin) == "skipped_hour")
        #expect(try value("2025-03-30 01:59:59", .timestamp, zone: berlin) == "\"2025-03-30T01:59:59+01:00\"")
        #expect(try value("2025-03-30 03:00", .timestamp, zone: berlin) == "\"2025-03-30T03:00:00+02:00\"")
        #expect(try value("2025-10-26 02:30", .timestamp, zone: berlin) == "\"2025-10-26T02:30:00+02:00\"")
        #expect(try value("2025-10-26 03:00", .timestamp, zone: berlin) == "\"2025-10-26T03:00:00+01:00\"")
        #expect(try value(.number("45746.104166667"), .timestamp, zone: berlin) == "skipped_hour")
    }

    @Test func `the repeated hour is counted`() throws {
        var column = try OneColumn(mapping(.timestamp), zone: "Europe/Berlin")
        _ = column.map("2025-10-26 02:30:00")
        #expect(column.tally.coercions.map(\.rule) == [.repeatedHour])
    }

    @Test func `the rules of a zone hold beyond its last listed change`() throws {
        #expect(try value("2080-07-01 12:00", .timestamp, zone: "America/New_York") == "\"2080-07-01T12:00:00-04:00\"")
        #expect(try value("2080-12-01 12:00", .timestamp, zone: "America/New_York") == "\"2080-12-01T12:00:00-05:00\"")
        #expect(try value("2080-10-26 12:00", .timestamp, zone: "Europe/Berlin") == "\"2080-10-26T12:00:00+02:00\"")
        #expect(try value("2080-10-28 12:00", .timestamp, zone: "Europe/Berlin") == "\"2080-10-28T12:00:00+01:00\"")
        #expect(try value("2080-03-10 02:30", .timestamp, zone: "America/New_York") == "skipped_hour")
        #expect(try value("2080-12-25 12:00", .timestamp, zone: "Australia/Sydney") == "\"2080-12-25T12:00:00+11:00\"")
        #expect(try value("1950-07-01 12:00", .timestamp, zone: "Asia/Tokyo") == "\"1950-07-01T12:00:00+10:00\"")
    }

    @Test(arguments: ["", "11:24", "2026/05/19 24:24", "5/19 11:24", "2026/05/19 11:24 JST", "2026/05/19 11:24+9"])
    func `what is no timestamp is refused`(text: String) throws {
        let said = try value(.text(text), .timestamp)
        #expect(["not_a_timestamp", "no_year", "null"].contains(said))
    }
}
