import CXXHash

/// XXH3, 64 bits, seed 0: the same value on every machine and in every version since xxHash 0.8.0
/// (https://github.com/Cyan4973/xxHash/releases/tag/v0.8.0). It finds changes; it proves nothing against someone who wants two texts to meet.
public func xxh3(_ bytes: UnsafeRawBufferPointer) -> UInt64 { rc_xxh3_64(bytes.baseAddress, bytes.count) }

/// The same of an array.
public func xxh3(_ bytes: [UInt8]) -> UInt64 { bytes.withUnsafeBytes { xxh3($0) } }
