/// What one part of a source gave in one read, for the run's books and its report.
public struct PartReport: Sendable, Equatable {
    public var name: String
    /// Its rows are the rows of the source.
    public var isBase: Bool
    public var rows = 0
    /// Every try counts.
    public var requests = 0
    /// Rows whose key is that of a row of the base; all of the base's own.
    public var matched = 0
    /// Rows whose key no row of the base has: they reach no table.
    public var withoutBase = 0
    /// Rows without a key: they reach no table either. Of the base, the mapper refuses them.
    public var withoutKey = 0
    /// Keys that stand in several rows of the part which differ. None of them is taken for the right one: the fields keep what the target has.
    public var repeatedKeys = 0
    /// Mapped columns that the part does not have.
    public var lacking: [String] = []
    /// Why it could not be read; nil when it was. No row's value is in it.
    public var failure: String?

    public init(name: String, isBase: Bool) { (self.name, self.isBase) = (name, isBase) }
}
