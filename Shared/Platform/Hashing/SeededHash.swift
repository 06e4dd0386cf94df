import CXXHash

/// XXH3, 64 bits, another function for each seed: two texts that meet under one seed part under the next.
public func xxh3(_ bytes: UnsafeRawBufferPointer, seed: UInt64) -> UInt64 { rc_xxh3_64_seeded(bytes.baseAddress, bytes.count, seed) }
