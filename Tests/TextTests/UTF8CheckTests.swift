import TestSupport
import Testing
import Text

@Suite struct UTF8CheckTests {
    private static let sound = [
        "abcdefgh", "a", "plain ascii text, longer than the thirty-two bytes that are passed at once", "é", "買主", "か\u{3099}", "👪", "\u{800}",
        "\u{D7FF}\u{E000}",
        "\u{10FFFF}",
    ].map { Array($0.utf8) }
    private static let broken: [[UInt8]] = [
        [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0x80], [0xC1], [0xFF], [0xE3, 0x81],
    ]

    @Test("what is UTF-8, and where it stops, is decided as the standard library does", .tags(.property), arguments: 1...200 as ClosedRange<UInt64>)
    func agreement(seed: UInt64) {
        var random = SeededGenerator(seed)
        for _ in 0..<40 {
            var bytes = (0..<Int.random(in: 0...12, using: &random)).flatMap { _ in UTF8CheckTests.sound.randomElement(using: &random) ?? [] }
            if Bool.random(using: &random) {
                let wrong = UTF8CheckTests.broken.randomElement(using: &random) ?? []
                let place = Int.random(in: 0...bytes.count, using: &random)
                // Written over what stands there, or put between: into the middle of a scalar as well.
                bytes.replaceSubrange(place..<min(bytes.count, place + Int.random(in: 0...wrong.count, using: &random)), with: wrong)
            }
            let wrong = bytes.withUnsafeBytes { firstInvalidUTF8($0) }
            #expect((wrong == nil) == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
            if let wrong { #expect(String(validating: bytes[..<wrong], as: UTF8.self) != nil, "\(bytes) at \(wrong)") }
        }
    }
}
