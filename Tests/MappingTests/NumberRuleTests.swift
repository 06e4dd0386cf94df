import Mapping
import Pipelines
import TestSupport
import Testing

@Suite struct NumberRuleTests {
    @Test(arguments: [
        ("23800000", "23800000"), ("2380万円", "23800000"), ("2380万", "23800000"), ("３．８万円", "38000"), ("約2380万円", "23800000"), ("概算 2380万円", "23800000"),
        ("5千", "5000"), ("1億2000万円", "120000000"), ("3千万", "30000000"), ("2百万円", "2000000"), ("1,234,567", "1234567"), ("￥1,234円", "1234"),
        ("１，２３４", "1234"), ("-5", "-5"), ("−5", "-5"), ("－５", "-5"), ("0.10", "0.10"), ("007", "7"), ("1.5億", "150000000"), ("0", "0"), ("-0", "0"),
        ("12345678901234567890.123", "12345678901234567890.123"), (" 5 ", "5"), ("1万5000", "15000"), ("0.0001万", "1"),
    ])
    func `a number is read exactly, however people write it`(text: String, expected: String) throws {
        #expect(try value(.text(text), .decimal) == expected)
    }

    @Test(arguments: [
        ("6666", "6666"), ("6666.0", "6666"), ("1e+16", "10000000000000000"), ("1.5E-3", "0.0015"), ("-12.50", "-12.5"), ("0.1", "0.1"), ("100", "100"),
    ])
    func `a number cell keeps its digits`(digits: String, expected: String) throws { #expect(try value(.number(digits), .decimal) == expected) }

    @Test(arguments: [
        "不明", "50%", "1,23", "1,2345", ",123", "100～200", "2380万円程度", "1.2.3", "１９９８年", "約", "", "万", "5万万", "1万2億", "1万2万", "1.5万3", "12a", "+5", "0x1A",
        "1e5", "nan",
        "30坪", "--5",
    ])
    func `what is no number is refused`(text: String) throws {
        #expect(["not_a_number", "null"].contains(try value(.text(text), .decimal)))
    }

    @Test func `an integer has no fraction and fits a bigint`() throws {
        #expect(try value("5.0", .integer) == "5")
        #expect(try value("5.5", .integer) == "not_whole")
        #expect(try value("3.8万", .integer) == "38000")
        #expect(try value("9223372036854775807", .integer) == "9223372036854775807")
        #expect(try value("9223372036854775808", .integer) == "out_of_range")
        #expect(try value(.number("1e300"), .integer) == "out_of_range")
        #expect(try value(.number("1e999999999"), .decimal) == "out_of_range")
        #expect(try value(.boolean(true), .integer) == "not_a_number")
    }

    @Test func `each change on the way is counted by its rule`() throws {
        #expect(try coercions("5", .decimal) == [])
        #expect(try coercions("約３．８万円", .decimal) == [.widthFolded, .separatorsDropped, .unitMultiplied, .approximationDropped])
        #expect(try coercions("1,000", .decimal) == [.separatorsDropped])
    }

    @Test("A number times ten thousand is its digits and four zeros, for any size", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func units(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let digits = String((0..<Int.random(in: 1...30, using: &random)).map { _ in Character("\(Int.random(in: 1...9, using: &random))") })
        #expect(try value(.text(digits + "万円"), .decimal) == digits + "0000")
        let places = Int.random(in: 1...4, using: &random)
        let fraction = String((0..<places).map { _ in Character("\(Int.random(in: 1...9, using: &random))") })
        #expect(try value(.text("\(digits).\(fraction)万円"), .decimal) == digits + fraction + String(repeating: "0", count: 4 - places))
    }
}
