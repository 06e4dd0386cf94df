import Mapping
import Pipelines
import TestSupport
import Testing

@Suite struct TimeRuleTests {
    @Test(arguments: [
        "14:30", "14:30:00", "1430", "午後2:30", "2:30 PM", "2:30pm", "14時30分", "１４：３０", " 14:30 ", "1899-12-30 14:30", "1899/12/30 14:30:00", "2025/3/14 14:30",
    ])
    func `one time is read from every form`(text: String) throws { #expect(try value(.text(text), .time) == "\"14:30:00\"") }

    @Test(arguments: [
        ("0.416667", "10:00:00"), ("0.4375", "10:30:00"), ("0", "00:00:00"), ("0.999988", "23:59:59"), ("1430", "14:30:00"), ("930", "09:30:00"),
        ("45662.25", "06:00:00"), ("0.604166666666667", "14:30:00"),
    ])
    func `a number cell is a fraction of a day, or four digits`(digits: String, expected: String) throws {
        #expect(try value(.number(digits), .time) == "\"\(expected)\"")
    }

    @Test func `a time keeps its seconds and their fraction`() throws {
        #expect(try value("9:05:7", .time) == "\"09:05:07\"")
        #expect(try value("09:05:07.250", .time) == "\"09:05:07.25\"")
        #expect(try value("12:00 AM", .time) == "\"00:00:00\"")
        #expect(try value("午前12:00", .time) == "\"00:00:00\"")
        #expect(try value("12:15 PM", .time) == "\"12:15:00\"")
    }

    @Test(arguments: ["24:00", "12:60", "14:30:60", "13:00 PM", "10", "未定", "10:00～11:00", "10:00 頃", "1899-12-30", "2460", "14:30Z", ":30", "10:00:00:00"])
    func `what is no time of day is refused`(text: String) throws { #expect(try value(.text(text), .time) == "not_a_time") }

    @Test func `each change on the way is counted by its rule`() throws {
        #expect(try coercions("14:30:00", .time) == [])
        #expect(try coercions("14:30", .time) == [.dateReformatted])
        #expect(try coercions("1899-12-30 14:30", .time) == [.datePartDropped])
        #expect(try coercions(.number("0.5"), .time) == [.serialNumber])
        #expect(try coercions(.number("45662.5"), .time) == [.serialNumber, .datePartDropped])
    }

    @Test("Every second of a day survives a sheet's fraction of six digits", .tags(.property), arguments: 1...200 as ClosedRange<UInt64>)
    func fractions(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let minute = Int.random(in: 0..<1440, using: &random)
        let digits = "\((minute * 1_000_000 + 720) / 1440)"
        let fraction = String(repeating: "0", count: 6 - digits.count) + digits
        let hour = minute / 60 < 10 ? "0\(minute / 60)" : "\(minute / 60)"
        let rest = minute % 60 < 10 ? "0\(minute % 60)" : "\(minute % 60)"
        #expect(try value(.number("0.\(fraction)"), .time) == "\"\(hour):\(rest):00\"")
    }
}
