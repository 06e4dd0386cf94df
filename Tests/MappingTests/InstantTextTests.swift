import Mapping
import Testing

@Suite struct `Microseconds since 1970` {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (1_709_210_096_789_012, "2024-02-29T12:34:56.789012Z"), (1_500_000, "1970-01-01T00:00:01.5Z"),
            (-1, "1969-12-31T23:59:59.999999Z"), (-62_135_596_800_000_000, "0001-01-01T00:00:00Z"), (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
        ] as [(Int64, String)])
    func `are a moment that names its zone`(microseconds: Int64, text: String) {
        #expect(instantText(microseconds: microseconds) == text)
    }

    @Test(arguments: [Int64.min, -62_135_596_800_000_001, 253_402_300_800_000_000, .max])
    func `outside of the calendar are none`(microseconds: Int64) {
        #expect(instantText(microseconds: microseconds) == nil)
    }
}
