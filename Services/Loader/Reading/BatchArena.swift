/// Where a value lies in a `BatchArena`. The two other facts a field can be, blank and not carried, have no bytes.
struct ArenaSlice: Equatable {
    let offset: Int
    let length: Int

    /// The source holds nothing: JSON null.
    static let null = ArenaSlice(offset: -2, length: 0)
    /// The record does not carry this column: leave it alone (invariant 6).
    static let absent = ArenaSlice(offset: -1, length: 0)

    var isNull: Bool { offset == -2 }
    var isAbsent: Bool { offset == -1 }
    var hasValue: Bool { offset >= 0 }
}

/// The values of one batch, each ended by a NUL as libpq wants text parameters, in memory that is used again for the next batch.
///
/// Only the largest batch ever read decides its size; a batch is bounded in rows and a record by the broker's limit (invariant 11).
struct BatchArena: ~Copyable {
    private var memory: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(capacity: Int = 256 * 1024) { memory = .allocate(byteCount: max(capacity, 64), alignment: 16) }

    deinit { memory.deallocate() }

    /// Forgets every value and keeps the memory.
    mutating func removeAll() { count = 0 }

    /// Forgets what was written after `mark`, a former `count`: the half of a record that turned out to be unusual.
    mutating func rewind(to mark: Int) { count = mark }

    /// Makes room, so that `append` need not ask. Pointers taken before are no longer valid.
    mutating func reserve(_ bytes: Int) {
        guard count + bytes > memory.count else { return }
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: max(memory.count * 2, count + bytes), alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<count]))
        memory.deallocate()
        memory = larger
    }

    /// - Precondition: `reserve` made room.
    @inline(__always) mutating func append(_ byte: UInt8) {
        memory[count] = byte
        count += 1
    }

    /// - Precondition: `reserve` made room.
    @inline(__always) mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, let target = memory.baseAddress else { return }
        target.advanced(by: count).copyMemory(from: source, byteCount: bytes.count)
        count += bytes.count
    }

    /// Ends the value that began at `start`.
    @inline(__always) mutating func close(from start: Int) -> ArenaSlice {
        append(0)
        return ArenaSlice(offset: start, length: count - 1 - start)
    }

    mutating func text(_ text: String) -> ArenaSlice {
        var text = text
        return text.withUTF8 { utf8 in
            reserve(utf8.count + 1)
            let start = count
            append(UnsafeRawBufferPointer(utf8))
            return close(from: start)
        }
    }

    mutating func decimal(_ number: Int64) -> ArenaSlice {
        reserve(24)
        let start = count
        if number < 0 { append(UInt8(ascii: "-")) }
        withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
            var first = 20
            var rest = number.magnitude
            repeat {
                first -= 1
                digits[first] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            } while rest > 0
            append(UnsafeRawBufferPointer(rebasing: digits[first..<20]))
        }
        return close(from: start)
    }

    /// The value's bytes, valid until the arena next grows.
    func bytes(_ slice: ArenaSlice) -> UnsafeRawBufferPointer {
        guard slice.hasValue else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(rebasing: memory[slice.offset..<slice.offset + slice.length])
    }

    /// The value as a text parameter, nil for blank and absent; valid until the arena next grows.
    func parameter(_ slice: ArenaSlice) -> UnsafePointer<CChar>? {
        guard slice.hasValue, let base = memory.baseAddress else { return nil }
        return UnsafeRawPointer(base.advanced(by: slice.offset)).assumingMemoryBound(to: CChar.self)
    }

    func string(_ slice: ArenaSlice) -> String { String(decoding: bytes(slice), as: UTF8.self) }
}
