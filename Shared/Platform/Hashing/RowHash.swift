import CXXHash

/// XXH3, 64 bits, seed 0: the same value on every machine and in every version since xxHash 0.8.0.
public func xxh3(_ bytes: UnsafeRawBufferPointer) -> UInt64 { rc_xxh3_64(bytes.baseAddress, bytes.count) }
public func xxh3(_ bytes: [UInt8]) -> UInt64 { bytes.withUnsafeBytes { xxh3($0) } }

public struct Hash128: Sendable, Hashable { public var low, high: UInt64 }
public func xxh3wide(_ bytes: UnsafeRawBufferPointer) -> Hash128 {
    let h = rc_xxh3_128(bytes.baseAddress, bytes.count)
    return Hash128(low: h.low, high: h.high)
}

public func fnv1a(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return hash
}
