import Mapping
import Pipelines
import TestSupport
import Testing

/// Dates were the users' most often re-broken conversion: at least twelve incidents.
@Suite struct DateRuleTests {
    @Test(arguments: [
        ("45662", "2025-01-05"), ("45351", "2024-02-29"), ("45662.999", "2025-01-05"), ("1", "1899-12-31"), ("60", "1900-02-28"), ("61", "1900-03-01"),
        ("2958465", "9999-12-31"), ("4.5662e4", "2025-01-05"),
    ])
    func `a serial number counts days from 1899-12-30, and none is taken off`(serial: String, expected: String) throws {
        #expect(try value(.number(serial), .date) == "\"\(expected)\"")
    }

    @Test(arguments: [
        "2025/03/14", "2025/3/14", "2025-03-14", "2025-3-14", "03/14/2025", "3/14/2025", "2025.3.14", "2025年3月14日", "２０２５／３／１４", " 2025/3/14\u{3000}",
        "2025/3/14(金)", "2025/3/14（金）", "2025/3/14㈮", "2025/3/14 (Fri)", "2025年3月14日 金曜日", "2025/3/14 11:24:5", "2025-03-14T09:00:00",
        "2025/3/14(金) 14:30",
    ])
    func `one day is read from every form it was seen in`(text: String) throws { #expect(try value(.text(text), .date) == "\"2025-03-14\"") }

    @Test(arguments: ["1/5", "12/31", "3/14(金)", "3/14（金）", "1月5日", "１／５", "1/5 10:00"])
    func `a date without a year is refused, not guessed`(text: String) throws { #expect(try value(.text(text), .date) == "no_year") }

    @Test(arguments: [
        "2025/2/30", "2025-02-30", "2023-02-29", "2025-13-01", "2025/13/1", "2025-00-10", "14/03/2025", "2023/2/29", "1900/2/29", "0000/1/1", "2025年2月30日",
    ])
    func `a day the calendar lacks is refused`(text: String) throws { #expect(try value(.text(text), .date) == "no_such_date") }

    @Test(arguments: [
        "未定", "-", "2025", "20250314", "45662", "2025/3", "25/3/14", "2025/3/14x", "2025/3-14", "/", "2025//14", "2025/3/14 25:00", "2025/3/14 10", "令和7年3月14日",
        "2025/3/14,2025/3/15", "2025/3/14 14:30 x", "12025/3/14",
    ])
    func `what is no date is refused`(text: String) throws { #expect(try value(.text(text), .date) == "not_a_date") }

    @Test(arguments: ["2025-03-14", "2024-02-29", "0001-01-01", "9999-12-31", "2000-02-29"])
    func `a day written as it is carried is itself`(text: String) throws { #expect(try value(.text(text), .date) == "\"\(text)\"") }

    @Test(arguments: ["0.5", "0", "-1", "2958466", "1e300"])
    func `a number that is no day is refused`(digits: String) throws { #expect(try value(.number(digits), .date) == "not_a_date") }

    @Test func `a checkbox and an error cell are no dates`() throws {
        #expect(try value(.boolean(true), .date) == "not_a_date")
        #expect(try value(.error("#REF!"), .date) == "error_cell")
        #expect(try value("#REF!", .date) == "error_cell")
    }

    @Test func `a weekday that is not that day's is refused`() throws { #expect(try value("2025/3/14(木)", .date) == "wrong_weekday") }

    @Test func `an instant is the day it was where the sheet is`() throws {
        #expect(try value("2025-03-14T15:30:00Z", .date) == "\"2025-03-15\"")
        #expect(try value("2025-03-14T14:59:59Z", .date) == "\"2025-03-14\"")
        #expect(try value("2025-03-14T23:30:00+09:00", .date, zone: "UTC") == "\"2025-03-14\"")
        #expect(try value("2025-03-14T00:30:00+09:00", .date, zone: "UTC") == "\"2025-03-13\"")
    }

    @Test func `each change on the way is counted by its rule`() throws {
        #expect(try coercions("2025-03-14", .date) == [])
        #expect(try coercions("2025/3/14", .date) == [.dateReformatted])
        #expect(try coercions(" 2025-03-14", .date) == [.trimmed])
        #expect(try coercions(.number("45662"), .date) == [.serialNumber])
        #expect(try coercions(.number("45662.5"), .date) == [.serialNumber, .timeOfDayDropped])
        #expect(try coercions("２０２５/3/14(金) 10:00", .date) == [.widthFolded, .dateReformatted, .weekdayDropped, .timeOfDayDropped])
    }

    @Test("Every day from 1900 to 9999 survives every form", .tags(.property), arguments: 1...200 as ClosedRange<UInt64>)
    func forms(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let serial = Int.random(in: 2...2_958_465, using: &random)
        let iso = try value(.number("\(serial)"), .date)
        let parts = iso.split(whereSeparator: { $0 == "\"" || $0 == "-" }).compactMap { Int($0) }
        try #require(parts.count == 3)
        let year = String(repeating: "0", count: 4 - "\(parts[0])".count) + "\(parts[0])"
        for text in [
            "\(year)/\(parts[1])/\(parts[2])", "\(year)-\(parts[1])-\(parts[2])", "\(parts[1])/\(parts[2])/\(year)", "\(year)年\(parts[1])月\(parts[2])日",
        ] {
            #expect(try value(.text(text), .date) == iso)
        }
        let next = try value(.number("\(serial - 1)"), .date)
        #expect(next < iso)
    }
}
