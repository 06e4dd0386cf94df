/// The hash by which Java's default partitioner spreads keys (`org.apache.kafka.common.utils.Utils.murmur2`, Apache-2.0), so that records of one
/// key meet in one partition whoever wrote them.
func murmur2(_ key: UnsafeRawBufferPointer) -> UInt32 {
    let multiplier: UInt32 = 0x5bd1_e995
    var hash: UInt32 = 0x9747_b28c ^ UInt32(truncatingIfNeeded: key.count)
    var index = 0
    while index + 4 <= key.count {
        var word = UInt32(littleEndian: key.loadUnaligned(fromByteOffset: index, as: UInt32.self))
        word = word &* multiplier
        word ^= word >> 24
        word = word &* multiplier
        hash = hash &* multiplier ^ word
        index += 4
    }
    let rest = key.count - index
    if rest > 0 {
        for place in (0..<rest).reversed() { hash ^= UInt32(key[index + place]) << UInt32(8 * place) }
        hash = hash &* multiplier
    }
    hash ^= hash >> 13
    hash = hash &* multiplier
    return hash ^ hash >> 15
}

/// The partition of a key among `count`, as `BuiltInPartitioner.partitionForKey` of Java's client computes it.
///
/// - Parameter count: the topic's number of partitions, at least 1.
public func kafkaPartition(forKey key: UnsafeRawBufferPointer, among count: Int32) -> Int32 {
    Int32(murmur2(key) & 0x7fff_ffff) % count
}
