/// A target table as PostgreSQL's catalog describes it: what the loader checks values against, and the extractor the pipeline.
public struct TableDefinition: Sendable, Equatable {
    public let schema: String
    public let name: String
    /// In the order of the table.
    public let columns: [ColumnDefinition]
    /// The columns of every index that `ON CONFLICT` can name: unique, valid, immediate, of columns alone, without a condition.
    public let uniqueKeys: [[String]]
    /// Changes whenever a column, its type, its width, its default or its nullability does; see `fingerprintSQL`.
    public let fingerprint: String

    public init(schema: String, name: String, columns: [ColumnDefinition], uniqueKeys: [[String]], fingerprint: String) {
        (self.schema, self.name, self.columns, self.uniqueKeys, self.fingerprint) = (schema, name, columns, uniqueKeys, fingerprint)
    }

    public func column(_ name: String) -> ColumnDefinition? { columns.first { $0.name.utf8.elementsEqual(name.utf8) } }

    /// Whether an upsert can find a row by exactly these columns, in whatever order the index has them.
    public func hasUniqueKey(_ columns: [String]) -> Bool { uniqueKeys.contains { Set($0.map { Array($0.utf8) }) == Set(columns.map { Array($0.utf8) }) } }
}

/// One column of a target table.
public struct ColumnDefinition: Sendable, Equatable {
    public let name: String
    /// As people write it: `character varying(50)`, `numeric(12,2)`, `timestamp with time zone`.
    public let typeName: String
    /// As `pg_type` has it, that of a domain's base: `varchar`, `numeric`, `timestamptz`.
    public let baseType: String
    /// Of the column's own type, a domain's own: for casts and binary formats.
    public let typeOID: UInt32
    /// Of `varchar(n)` and `char(n)`, in characters; nil: any length.
    public let lengthMax: Int?
    /// Of `numeric(p, s)`; nil: any.
    public let precision: Int?
    public let scale: Int?
    public let isNullable: Bool
    /// A default of its own, an identity among them.
    public let hasDefault: Bool
    /// Computed by PostgreSQL (`GENERATED ALWAYS`): nobody may write it.
    public let isGenerated: Bool

    public init(
        name: String, typeName: String, baseType: String, typeOID: UInt32 = 0, lengthMax: Int? = nil, precision: Int? = nil, scale: Int? = nil,
        isNullable: Bool = true, hasDefault: Bool = false, isGenerated: Bool = false
    ) {
        (self.name, self.typeName, self.baseType, self.typeOID, self.lengthMax) = (name, typeName, baseType, typeOID, lengthMax)
        (self.precision, self.scale, self.isNullable) = (precision, scale, isNullable)
        (self.hasDefault, self.isGenerated) = (hasDefault, isGenerated)
    }
}
