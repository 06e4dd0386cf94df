/// Orders all changes of one key: run × 2³² + ordinal, so a later run always outranks an earlier one.
///
/// The ordinal counts what one run emits for one stream, from 1 and without gaps, in the order of production;
/// it is what the books count (invariant 4).
public struct Sequence: Sendable, Hashable, Comparable {
    public let rawValue: Int64

    public init(rawValue: Int64) { self.rawValue = rawValue }
    public init(run: Int64, ordinal: UInt32) { rawValue = run << 32 | Int64(ordinal) }

    public var run: Int64 { rawValue >> 32 }
    public var ordinal: UInt32 { UInt32(truncatingIfNeeded: rawValue) }

    public static func < (a: Sequence, b: Sequence) -> Bool { a.rawValue < b.rawValue }
}
