/// The values of a batch, one slice for each column of each change; memory that is used again for the next batch.
///
/// An array asks at every append whether it is shared, forty-five times a record.
struct SliceList: ~Copyable {
    private var memory: UnsafeMutableBufferPointer<ArenaSlice>
    private(set) var count = 0

    init(capacity: Int = 4096) { memory = .allocate(capacity: max(capacity, 16)) }

    deinit { memory.deallocate() }

    /// Forgets everything from `mark` on, a former `count`, and keeps the memory.
    mutating func rewind(to mark: Int) { count = mark }

    @inline(__always) mutating func append(_ slice: ArenaSlice) {
        if count == memory.count { grow() }
        memory.initializeElement(at: count, to: slice)
        count += 1
    }

    @inline(__always) subscript(index: Int) -> ArenaSlice {
        get {
            precondition(index < count)
            return memory[index]
        }
        set {
            precondition(index < count)
            memory[index] = newValue
        }
    }

    @inline(never) private mutating func grow() {
        let larger = UnsafeMutableBufferPointer<ArenaSlice>.allocate(capacity: memory.count * 2)
        _ = larger.update(fromContentsOf: memory)
        memory.deallocate()
        memory = larger
    }
}
