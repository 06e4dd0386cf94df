/// A hash as people read and compare it: sixteen digits, the highest first, as `xxhsum -H3` prints it.
public func hexadecimal(_ hash: UInt64) -> String {
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
}
