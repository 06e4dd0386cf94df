import TestSupport
import Testing
import Text

struct NFKCTests {
    /// Compared as bytes: `==` on strings would hide exactly what is tried here.
    @Test(arguments: [
        ("ｶﾞｷﾞﾊﾟ", "ガギパ"), ("か\u{3099}", "が"), ("ＡＢＣ１２３", "ABC123"), ("（株）", "(株)"), ("①㈱", "1(株)"), ("\u{3000}", " "), ("田中 太郎", "田中 太郎"),
        ("e\u{301}", "é"), ("ﬁ", "fi"), ("buyer_number", "buyer_number"), ("", ""),
    ])
    func `spellings of one text become the same bytes`(text: String, composed: String) {
        #expect(Array(nfkc(text).utf8) == Array(composed.utf8))
    }

    @Test func `bytes that are no UTF-8 are refused`() {
        for bytes in [[0xFF], [0xE3, 0x81], [0xC0, 0x80]] as [[UInt8]] {
            #expect(bytes.withUnsafeBufferPointer { nfkc($0) } == nil)
        }
    }

    @Test("composing twice is composing once", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func idempotence(seed: UInt64) {
        var random = SeededGenerator(seed)
        let scalars = (0..<200).compactMap { _ in Unicode.Scalar(UInt32.random(in: 0...0xFFFF, using: &random)) }
        let once = nfkc(String(String.UnicodeScalarView(scalars)))
        #expect(Array(nfkc(once).utf8) == Array(once.utf8))
    }
}
