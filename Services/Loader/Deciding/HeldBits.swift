/// One bit per column, by its position in `sync_columns`: the source value decided on last was not blank (invariant 6).
struct HeldBits: Equatable, Sendable {
    private(set) var words: [UInt64] = []
    /// How many positions it covers.
    private(set) var count = 0

    init() {}

    init(count: Int) {
        self.count = count
        words = Array(repeating: 0, count: (count + 63) / 64)
    }

    /// As PostgreSQL writes a `bit varying`: `0110…`, the first position first.
    init?(bits text: String) {
        self.init(count: text.utf8.count)
        for (position, bit) in text.utf8.enumerated() {
            switch bit {
            case UInt8(ascii: "1"): self[position] = true
            case UInt8(ascii: "0"): break
            default: return nil
            }
        }
    }

    /// Positions beyond `count` hold nothing.
    subscript(position: Int) -> Bool {
        get { position < count && words[position / 64] & (1 << UInt64(position % 64)) != 0 }
        set {
            guard position < count else { return }
            if newValue { words[position / 64] |= 1 << UInt64(position % 64) } else { words[position / 64] &= ~(1 << UInt64(position % 64)) }
        }
    }

    var bits: String { String(decoding: (0..<count).map { self[$0] ? UInt8(ascii: "1") : UInt8(ascii: "0") }, as: UTF8.self) }
}

/// What a field of a change does to its column.
enum FieldEffect: Equatable, Sendable {
    /// The value is written.
    case write
    /// The column becomes NULL: the source is blank, and the source once filled it.
    case clear
    /// The column keeps what it has: the field is absent, or is blank and always was.
    case keep
}

/// Invariant 6 for one field: a blank clears only what the source held before; absent is not null.
func effect(of field: FieldValue, wasHeld: Bool) -> FieldEffect {
    switch field {
    case .value: .write
    case .blank: wasHeld ? .clear : .keep
    case .absent: .keep
    }
}

/// The bit after the change is decided on: a value sets it, blank lets it fall, an absent field leaves it.
func isHeld(after field: FieldValue, wasHeld: Bool) -> Bool {
    switch field {
    case .value: true
    case .blank: false
    case .absent: wasHeld
    }
}
