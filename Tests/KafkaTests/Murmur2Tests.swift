import Testing

@testable import Kafka

@Suite struct Murmur2Tests {
    /// From Java's own test, `UtilsTest.testMurmur2` (https://github.com/apache/kafka/blob/trunk/clients/src/test/java/org/apache/kafka/common/utils/UtilsTest.java).
    @Test(
        arguments: [
            ("21", -973_932_308), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536), ("a-little-bit-longer-string", -1_486_304_829),
            ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971), ("abc", 479_470_107),
        ] as [(String, Int32)])
    func `a key hashes as in Java`(key: String, hash: Int32) {
        let bytes = Array(key.utf8)
        #expect(bytes.withUnsafeBytes { Int32(bitPattern: murmur2($0)) } == hash)
    }

    @Test func `every key has a partition, also one whose hash is negative`() {
        for number in 0..<10_000 {
            let key = Array("buyers/\(number)".utf8)
            let partition = key.withUnsafeBytes { kafkaPartition(forKey: $0, among: 7) }
            #expect((0..<7).contains(partition))
        }
        // toPositive(-790332482) % 7 in Java, where toPositive clears the sign bit.
        #expect(Array("foobar".utf8).withUnsafeBytes { kafkaPartition(forKey: $0, among: 7) } == Int32((-790_332_482 & 0x7fff_ffff) % 7))
    }

    @Test func `the empty key has one, and bytes above 127 do not count as negative`() {
        let empty: [UInt8] = []
        #expect(empty.withUnsafeBytes { kafkaPartition(forKey: $0, among: 4) } == Int32((275_646_681 & 0x7fff_ffff) % 4))
        let high = Array("買主".utf8)
        #expect(high.withUnsafeBytes { murmur2($0) } != Array("?".utf8).withUnsafeBytes { murmur2($0) })
    }
}
