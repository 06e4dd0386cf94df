/// One source entity feeding one target table.
public struct StreamDefinition: Sendable {
    /// Unique within its pipeline.
    public let name: String
    /// `buyers`, or `sales.buyers` with its schema.
    public let table: String
    /// Columns of `columns`, in the order in which they make up the record's key; each is required.
    public let key: [String]
    /// Rows read, decided and sent together.
    public let batch: Int
    public let columns: [ColumnMapping]
    public let deletes: Deletes
    public let guards: Guards
    /// What of a source with several kinds of objects it is made of; nil for a source that is one table.
    public let feed: StreamFeed?
    /// Streams of its pipeline whose books must balance before it begins: their rows are the ones its foreign keys point at.
    public let after: [String]
    public let place: FilePlace

    public init(
        name: String, table: String, key: [String], batch: Int = 100, columns: [ColumnMapping], deletes: Deletes = .ignore, guards: Guards = .standard,
        feed: StreamFeed? = nil, after: [String] = [], place: FilePlace
    ) {
        (self.name, self.table, self.key, self.batch) = (name, table, key, batch)
        (self.columns, self.deletes, self.guards) = (columns, deletes, guards)
        (self.feed, self.after, self.place) = (feed, after, place)
    }

    public func column(to name: String) -> ColumnMapping? { columns.first { $0.to.utf8.elementsEqual(name.utf8) } }
}

/// What happens to a target row whose source row is gone; only after a read that was proven complete (invariant 7).
public enum Deletes: Sendable, Equatable {
    case ignore
    /// Sets this timestamptz column; a row that comes back clears it.
    case soft(column: String)
    case hard
}

/// Limits that hold a run before it emits (invariant 7). A read of no rows at all is always held.
public struct Guards: Sendable, Equatable {
    /// Held when the read has this share fewer rows than are settled, or more.
    public let shrink: Percentage
    /// Held when this share of the settled rows, or more, would be deleted.
    public let deletes: Percentage

    public init(shrink: Percentage, deletes: Percentage) { (self.shrink, self.deletes) = (shrink, deletes) }

    /// What the users' own guards were after their mass delete: 50 % and 10 %.
    public static let standard = Guards(shrink: .whole(50), deletes: .whole(10))
}
