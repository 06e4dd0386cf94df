/// The generator's own random numbers (wyrand, https://github.com/wangyi-fudan/wyhash, public domain): the same on every machine and in every
/// version of Swift, which `Int.random(in:)` does not promise. A place in the sample has its own stream, so no cell depends on another.
struct SampleRandom {
    private var state: UInt64

    init(seed: UInt64, _ place: UInt64...) {
        state = seed
        for number in place { state = next() ^ (number &* 0x9E37_79B9_7F4A_7C15) }
    }

    mutating func next() -> UInt64 {
        state &+= 0xA076_1D64_78BD_642F
        let product = state.multipliedFullWidth(by: state ^ 0xE703_7ED1_A0B4_28DB)
        return product.high ^ product.low
    }

    /// 0 ..< bound, each equally likely to within bound / 2⁶⁴.
    mutating func below(_ bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(bound)).high) }
    mutating func within(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }
    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
    mutating func pick<Element>(_ words: [Element]) -> Element { words[below(words.count)] }

    mutating func shuffle<Element>(_ elements: inout [Element]) {
        guard elements.count > 1 else { return }
        for last in stride(from: elements.count - 1, to: 0, by: -1) { elements.swapAt(last, below(last + 1)) }
    }
}
