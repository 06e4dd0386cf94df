/// The spelling of `record_key` (`RecordKey`), written straight into an arena.
enum RecordKeyText {
    /// Appends one key value, with `%`, `/` and `@` percent-encoded.
    /// - Precondition: `arena` has room for three bytes for each of `value`.
    @inline(__always) static func append(_ value: UnsafeRawBufferPointer, to arena: inout BatchArena) {
        for byte in value {
            switch byte {
            case UInt8(ascii: "%"): append("25", to: &arena)
            case UInt8(ascii: "/"): append("2F", to: &arena)
            case UInt8(ascii: "@"): append("40", to: &arena)
            default: arena.append(byte)
            }
        }
    }

    private static func append(_ hexadecimal: StaticString, to arena: inout BatchArena) {
        arena.append(UInt8(ascii: "%"))
        arena.append(UnsafeRawBufferPointer(start: hexadecimal.utf8Start, count: hexadecimal.utf8CodeUnitCount))
    }
}
