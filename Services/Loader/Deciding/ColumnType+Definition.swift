import Schema

extension ColumnType {
    /// What the loader can tell of a column from its definition.
    init(_ column: ColumnDefinition) {
        switch column.baseType {
        case "text": self = .text
        case "varchar", "bpchar": self = column.lengthMax.map { .limitedText(charactersMax: $0) } ?? .text
        case "int2": self = .integer(Int64(Int16.min)...Int64(Int16.max))
        case "int4": self = .integer(Int64(Int32.min)...Int64(Int32.max))
        case "int8": self = .integer(Int64.min...Int64.max)
        case "numeric": self = .numeric(precision: column.precision, scale: column.scale ?? 0)
        case "bool": self = .boolean
        case "date": self = .date
        case "timestamp": self = .timestamp(isZoned: false, fractionDigitsMax: column.fractionDigitsMax)
        case "timestamptz": self = .timestamp(isZoned: true, fractionDigitsMax: column.fractionDigitsMax)
        case "time": self = .time(fractionDigitsMax: column.fractionDigitsMax)
        default: self = .other
        }
    }
}

extension ColumnDefinition {
    /// The type to cast a parameter to: without its length, since a cast to `varchar(50)` cuts a longer value without a word, while storing
    /// one raises 22001.
    var castType: String {
        lengthMax != nil || precision != nil || typeName.contains("(") ? "pg_catalog.\(baseType)" : typeName
    }

    /// Of `timestamp(3)` and its kin; 6 is PostgreSQL's own.
    fileprivate var fractionDigitsMax: Int {
        guard let open = typeName.firstIndex(of: "("), let digits = Int(typeName[typeName.index(after: open)...].prefix { $0 != ")" }) else { return 6 }
        return digits
    }
}
