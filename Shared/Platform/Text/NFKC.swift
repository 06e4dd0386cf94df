import CUTF8Proc
import Glibc

/// Unicode's compatibility composition: `ｶﾞ`, `カ` + U+3099 and `ガ` become one spelling, full-width letters become plain ones.
///
/// Foundation's `precomposedStringWithCompatibilityMapping` is not used: it leaves `ｶﾞ` as two scalars, and `==` on strings hides that.
public func nfkc(_ text: String) -> String {
    var text = text
    let composed: [UInt8]? = text.withUTF8 { $0.allSatisfy { $0 < 0x80 } ? nil : nfkc($0) }
    return composed.map { String(decoding: $0, as: UTF8.self) } ?? text
}

/// The same on UTF-8 bytes; nil when they are not UTF-8.
public func nfkc(_ utf8: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    var mapped: UnsafeMutablePointer<UInt8>?
    let options = utf8proc_option_t(UTF8PROC_COMPOSE.rawValue | UTF8PROC_COMPAT.rawValue | UTF8PROC_STABLE.rawValue)
    let count = utf8proc_map(utf8.baseAddress, utf8.count, &mapped, options)
    defer { free(mapped) }
    guard count >= 0 else { return nil }
    return Array(UnsafeBufferPointer(start: mapped, count: count))
}
