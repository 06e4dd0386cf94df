import Pipelines

/// A stream's mapping bound to the columns of one source, in the order in which that source has them now.
public struct ResolvedHeader: Sendable {
    /// The header as the source wrote it; cells are counted by its indexes.
    public let header: [String]
    /// One per column of the stream, in the order of the pipeline file, but for those in `unfed`.
    public let columns: [ResolvedColumn]
    /// Columns that are not required and that nothing feeds, since the source lacks every alternative: the target keeps what it has.
    public let unfed: [ColumnMapping]
    /// Places of the header that no column reads, cells under an empty header among them.
    public let unmapped: [Int]
    /// XXH3 of the mapped headers in the order of the mapping, exactly as the source wrote them, as sixteen hexadecimal digits:
    /// the same when columns moved or others came, another when a mapped header was renamed.
    public let fingerprint: String

    /// Mapped headers that stand in the source with other widths or white space than in the pipeline file.
    public var inexact: [InexactHeader] { columns.flatMap(\.inexact) }
}

/// The cells one column of the mapping reads.
public struct ResolvedColumn: Sendable {
    public let mapping: ColumnMapping
    /// Where its value may stand, the place to prefer first; one unless the source is tried in order by value. Never empty.
    public let choices: [ResolvedChoice]
    public let inexact: [InexactHeader]

    /// Of all choices; indexes into the header.
    public var cells: [Int] { choices.flatMap(\.cells) }
}

/// One place where a column's value may stand.
public struct ResolvedChoice: Sendable, Equatable {
    /// Indexes into the header: one, or for a `join` one for each part.
    public let cells: [Int]
    /// Between the parts of a `join`, in UTF-8.
    let separator: [UInt8]

    init(cells: [Int], separator: String = "") { (self.cells, self.separator) = (cells, Array(separator.utf8)) }
}

/// A header that matched only after NFKC and without white space.
public struct InexactHeader: Sendable, Equatable {
    public let wanted: String
    public let found: String
    /// Index into the header.
    public let column: Int

    public init(wanted: String, found: String, column: Int) { (self.wanted, self.found, self.column) = (wanted, found, column) }
}

/// Why a stream can't read this source: every header that is missing or ambiguous.
public struct HeaderError: Error, CustomStringConvertible {
    public struct Problem: Sendable, Equatable, CustomStringConvertible {
        public enum Kind: Sendable, Equatable { case missing, ambiguous }
        public let kind: Kind
        public let wanted: String
        /// The target column that is left without a source.
        public let to: String
        /// Where the header stands, when it stands in several places; indexes into the header.
        public let places: [Int]
        /// Headers someone may have meant, the nearest first.
        public let nearest: [String]
        public let description: String
    }
    public let stream: String
    public let problems: [Problem]

    public var description: String { problems.map { "stream \(stream): \($0)" }.joined(separator: "\n") }
}
