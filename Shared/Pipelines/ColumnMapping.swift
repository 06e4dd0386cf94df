/// How one target column gets its value from a source row.
public struct ColumnMapping: Sendable {
    public let from: ColumnOrigin
    /// The target column.
    public let to: String
    public let type: FieldType
    /// A blank cell rejects its row.
    public let isRequired: Bool
    /// Takes the place of a blank cell, written as a cell of a source would be; counted as coerced.
    public let fallback: String?
    /// White space around the text goes; counted where something went. Typed columns are always read without it.
    public let trims: Bool
    /// What a person's words mean in a boolean column; nil for other types.
    public let values: BooleanWords?
    /// From the highest limit down; the label of the first limit a number reaches is the value. Empty: none.
    public let tiers: [Tier]
    public let format: TextFormat?
    public let onInvalid: OnInvalid
    public let place: FilePlace

    public init(
        from: ColumnOrigin, to: String, type: FieldType, isRequired: Bool = false, fallback: String? = nil, trims: Bool = false, values: BooleanWords? = nil,
        tiers: [Tier] = [], format: TextFormat? = nil, onInvalid: OnInvalid = .reject, place: FilePlace
    ) {
        (self.from, self.to, self.type, self.isRequired, self.fallback) = (from, to, type, isRequired, fallback)
        (self.trims, self.values, self.tiers, self.format) = (trims, values, tiers, format)
        (self.onInvalid, self.place) = (onInvalid, place)
    }

    /// The same column, read from elsewhere.
    func reading(_ from: ColumnOrigin) -> ColumnMapping {
        ColumnMapping(
            from: from, to: to, type: type, isRequired: isRequired, fallback: fallback, trims: trims, values: values, tiers: tiers, format: format,
            onInvalid: onInvalid, place: place)
    }
}

/// Which cells of a row a column reads.
public enum ColumnOrigin: Sendable, Equatable {
    /// The first of these headers that the source has; `occurrence` counts from 1 where a header stands several times.
    case header([String], occurrence: Int?)
    /// The texts under these headers, blank ones left out, with `separator` between them.
    case joined([String], separator: String)
    /// Of a source in parts: the first of these that holds anything in the row at hand.
    case firstValue([ColumnChoice])

    /// Every header that may be read, for lists and messages.
    public var headers: [String] {
        switch self {
        case .header(let alternatives, _): alternatives
        case .joined(let parts, _): parts
        case .firstValue(let choices): choices.flatMap(\.headers)
        }
    }

    public var isTriedByValue: Bool { if case .firstValue = self { true } else { false } }

    /// The same places, tried by value.
    var byValue: ColumnOrigin {
        switch self {
        case .header(let alternatives, _): .firstValue(alternatives.map { ColumnChoice([$0]) })
        case .joined(let parts, let separator): .firstValue([ColumnChoice(parts, separator: separator)])
        case .firstValue: self
        }
    }
}

/// One of the places that are tried in order by value.
public struct ColumnChoice: Sendable, Equatable {
    /// One, or those that are joined.
    public let headers: [String]
    public let separator: String

    public init(_ headers: [String], separator: String = "") { (self.headers, self.separator) = (headers, separator) }
}

/// What a target column holds.
public enum FieldType: String, Sendable, CaseIterable {
    case text, integer, decimal, boolean, date, time, timestamp, json
}

/// What becomes of a cell that its type or format cannot read; each is counted per field.
public enum OnInvalid: String, Sendable, CaseIterable {
    /// The row waits for its source, and says which cell.
    case reject
    /// The row goes on and the field is empty.
    case null
    /// Text columns take the cell as it stands; typed ones cannot hold it, so the target keeps what it had: the field is left out of the change.
    case keep
}

/// A shape that a text must have.
public enum TextFormat: String, Sendable, CaseIterable {
    case email, phone
}

/// Words for true and false, compared after trimming, NFKC and ASCII lower-casing.
public struct BooleanWords: Sendable, Equatable {
    public let isTrue: [String]
    public let isFalse: [String]

    public init(isTrue: [String], isFalse: [String]) { (self.isTrue, self.isFalse) = (isTrue, isFalse) }

    /// What a boolean cell of a sheet or a database export says.
    public static let standard = BooleanWords(isTrue: ["true"], isFalse: ["false"])
}

/// One step of a scale: a number from this limit on has this label.
public struct Tier: Sendable, Equatable {
    /// A decimal number as JSON writes it; nil: everything below.
    public let from: String?
    public let label: String

    public init(from: String?, label: String) { (self.from, self.label) = (from, label) }
}
