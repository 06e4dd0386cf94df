/// Where `bytes` stop being UTF-8 as RFC 3629 has it (no overlong forms, no surrogates, nothing above U+10FFFF); nil when all are.
///
/// The standard library's validation makes a String or costs four times as much on Japanese text, and every cell and record passes here.
public func firstInvalidUTF8(_ bytes: UnsafeRawBufferPointer) -> Int? {
    let count = bytes.count
    var at = 0
    while at < count {
        while at + 32 <= count {  // Most of a record is ASCII.
            let word = { UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at + $0, as: UInt64.self)) }
            if (word(0) | word(8) | word(16) | word(24)) & 0x8080_8080_8080_8080 != 0 { break }
            at += 32
        }
        while at + 8 <= count {
            let high = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)) & 0x8080_8080_8080_8080
            at += high.trailingZeroBitCount >> 3
            if high != 0 { break }
        }
        while at < count, bytes[at] < 0x80, at + 8 > count { at += 1 }
        while at < count, bytes[at] >= 0x80 {
            let length = scalarLength(bytes, at)
            if length == 0 { return at }
            at += length
        }
    }
    return nil
}

/// How many bytes the scalar beyond ASCII at `at` has; 0 when there is none.
@inline(__always)
private func scalarLength(_ bytes: UnsafeRawBufferPointer, _ at: Int) -> Int {
    let left = bytes.count - at
    if left >= 4 {  // Kana and kanji: three bytes, decided with one load.
        let word = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self))
        if word & 0x00C0_C0F0 == 0x0080_80E0 {
            let start = word & 0x200F  // E0 needs a second byte from A0 (else overlong), ED one below (else a surrogate).
            return start == 0x0000 || start == 0x200D ? 0 : 3
        }
    }
    func follows(_ offset: Int, _ allowed: ClosedRange<UInt8> = 0x80...0xBF) -> Bool { offset < left && allowed.contains(bytes[at + offset]) }
    switch bytes[at] {
    case 0xC2...0xDF: return follows(1) ? 2 : 0
    case 0xE0: return follows(1, 0xA0...0xBF) && follows(2) ? 3 : 0
    case 0xED: return follows(1, 0x80...0x9F) && follows(2) ? 3 : 0
    case 0xE1...0xEF: return follows(1) && follows(2) ? 3 : 0
    case 0xF0: return follows(1, 0x90...0xBF) && follows(2) && follows(3) ? 4 : 0
    case 0xF1...0xF3: return follows(1) && follows(2) && follows(3) ? 4 : 0
    case 0xF4: return follows(1, 0x80...0x8F) && follows(2) && follows(3) ? 4 : 0
    default: return 0
    }
}
