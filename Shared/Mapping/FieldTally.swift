import Pipelines

/// What happened to one field over all rows of a read: for `run_fields`, and for the check of the table against the data.
public struct FieldTally: Sendable, Equatable {
    public let field: String
    /// As the source writes it; the first part of a `join`; of a list tried by value all that the source has.
    public let header: String
    public let type: FieldType
    /// Rows whose cell was looked at: every row that is not blank (F1).
    public internal(set) var processed = 0
    /// Blank cells, those that a `default` filled among them.
    public internal(set) var empty = 0
    /// Rows in which nobody could say what the field holds, since a part of the source was not read.
    public internal(set) var absent = 0
    /// Cells that at least one rule changed.
    public internal(set) var coerced = 0
    /// How often each rule changed a cell, by `Coercion.rawValue`.
    var coercionCounts = [Int](repeating: 0, count: Coercion.allCases.count)
    /// Odd cells that `onInvalid: null` emptied.
    public internal(set) var nulled = 0
    /// Odd cells that `onInvalid: keep` let stand.
    public internal(set) var kept = 0
    /// Cells that hold their row back.
    public internal(set) var rejected = 0
    /// How often each rule was broken, whatever followed.
    public internal(set) var broken: [InvalidCell: Int] = [:]
    /// The longest value in Unicode scalars, as `varchar(n)` counts.
    public internal(set) var longestCharacters = 0
    /// The longest value in bytes of UTF-8.
    public internal(set) var longestBytes = 0
    /// The length that is watched, in characters: that of the target column; nil when it has none.
    public internal(set) var limit: Int?
    /// Values longer than `limit`.
    public internal(set) var overLimit = 0
    /// Of numbers: the most digits before the decimal point, without leading zeros.
    public internal(set) var wholeDigits = 0
    /// Of numbers: the most digits after the decimal point.
    public internal(set) var fractionDigits = 0

    public init(field: String, header: String, type: FieldType, limit: Int? = nil) {
        (self.field, self.header, self.type, self.limit) = (field, header, type, limit)
    }

    /// The rules that changed cells, and how many, in the order of `Coercion`.
    public var coercions: [(rule: Coercion, cells: Int)] {
        Coercion.allCases.compactMap { coercionCounts[$0.rawValue] > 0 ? ($0, coercionCounts[$0.rawValue]) : nil }
    }

    /// Rows that will hold SQL NULL, if the read went as far as this.
    public var nulls: Int { max(0, empty - coercionCounts[Coercion.fallback.rawValue]) + nulled }

    mutating func note(_ coercions: CoercionSet) {
        if coercions.isEmpty { return }
        coerced += 1
        for coercion in coercions.all { coercionCounts[coercion.rawValue] += 1 }
    }

    /// Counts a cell in which a word became true or false.
    @inline(__always)
    mutating func noteWord() {
        coerced += 1
        coercionCounts[Coercion.word.rawValue] += 1
    }

    /// Counts a cell whose text is carried as it stands.
    @inline(__always)
    mutating func take(_ value: UnsafeRawBufferPointer) {
        processed += 1
        measure(value)
    }

    /// Counts a cell whose number is carried as it stands.
    @inline(__always)
    mutating func take(_ number: UnsafeRawBufferPointer, digits: (whole: Int, fraction: Int)) {
        take(number)
        if digits.whole > wholeDigits { wholeDigits = digits.whole }
        if digits.fraction > fractionDigits { fractionDigits = digits.fraction }
    }

    /// Bytes bound characters, so most values need no counting.
    @inline(__always)
    mutating func measure(_ value: UnsafeRawBufferPointer) {
        if value.count > longestBytes { longestBytes = value.count }
        if value.count > longestCharacters || value.count > limit ?? .max { measureCharacters(value) }
    }

    @inline(never)
    private mutating func measureCharacters(_ value: UnsafeRawBufferPointer) {
        let count = characterCount(value)
        if count > longestCharacters { longestCharacters = count }
        if let limit, count > limit { overLimit += 1 }
    }
}

extension FieldTally {
    /// - Parameter number: as JSON writes it, without an exponent; other literals are no numbers and pass.
    mutating func measureNumber(_ number: [UInt8]) {
        let digits = number.first == UInt8(ascii: "-") ? number.dropFirst() : number[...]
        guard let first = digits.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return }
        let point = digits.firstIndex(of: UInt8(ascii: ".")) ?? digits.endIndex
        let whole = digits[..<point].drop { $0 == UInt8(ascii: "0") }
        wholeDigits = max(wholeDigits, whole.count)
        fractionDigits = max(fractionDigits, max(0, digits.endIndex - point - 1))
    }
}
