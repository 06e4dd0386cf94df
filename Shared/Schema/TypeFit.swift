import Pipelines

/// Whether a table's column can take what a mapping sends.
enum TypeFit: Equatable {
    case fits
    /// It can't; the types of a mapping that the column does take.
    case refused(instead: [FieldType])

    init(_ type: FieldType, into baseType: String) {
        let takes = TypeFit.taken(by: baseType)
        self = takes.contains(type) ? .fits : .refused(instead: takes)
    }

    /// The mapping types a PostgreSQL type takes without losing anything; an unknown type (an enum, an inet) reads texts.
    private static func taken(by baseType: String) -> [FieldType] {
        switch baseType {
        case "text", "varchar", "bpchar", "citext": FieldType.allCases
        case "int2", "int4", "int8": [.integer]
        case "numeric": [.integer, .decimal]
        case "float4", "float8": [.decimal, .integer]
        case "bool": [.boolean]
        case "date": [.date]
        case "time": [.time]
        case "timestamptz", "timestamp": [.timestamp, .date]
        case "json", "jsonb": [.json]
        default: [.text]
        }
    }

    /// The PostgreSQL type to give a new column.
    static func column(for type: FieldType) -> String {
        switch type {
        case .text: "text"
        case .integer: "bigint"
        case .decimal: "numeric"
        case .boolean: "boolean"
        case .date: "date"
        case .time: "time"
        case .timestamp: "timestamptz"
        case .json: "jsonb"
        }
    }

    /// Digits before the decimal point that every number of that many digits may have.
    static func wholeDigitsMax(_ column: ColumnDefinition) -> Int? {
        switch column.baseType {
        case "int2": 5
        case "int4": 10
        case "int8": 19
        case "numeric": column.precision.flatMap { precision in column.scale.map { precision - $0 } }
        default: nil
        }
    }
}
