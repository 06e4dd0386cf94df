import Hashing
import TestSupport
import Testing

/// The values that xxHash itself publishes, so that a hash stored today is found again by any later version and any other tool.
struct XXH3Tests {
    /// `printf '%s' TEXT | xxhsum -H3`, xxHash 0.8.1.
    @Test(arguments: [("", 0x2D06_8005_38D3_94C2), ("a", 0xE6C6_32B6_1E96_4E1F), ("abc", 0x78AF_5F94_892F_3950)] as [(String, UInt64)])
    func `a text has the hash that xxhsum prints`(text: String, hash: UInt64) {
        #expect(xxh3(Array(text.utf8)) == hash)
    }

    @Test("pieces hash as the whole does", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func pieces(seed: UInt64) {
        var random = SeededGenerator(seed)
        let bytes = (0..<Int.random(in: 0...2000, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        var running = RunningHash()
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...400, using: &random))
            piece.withUnsafeBytes { running.add($0) }
            rest = rest.dropFirst(piece.count)
        }
        #expect(running.value == xxh3(bytes))
    }

    @Test func `another seed is another function, and one letter another hash`() {
        let bytes = Array("buyers/6666".utf8)
        let hashes = (0...3).map { seed in bytes.withUnsafeBytes { xxh3($0, seed: seed) } }
        #expect(Set(hashes).count == 4)
        #expect(hashes[0] == xxh3(bytes))
        #expect(xxh3(Array("が".utf8)) != xxh3(Array("か\u{3099}".utf8)))
    }
}
