import JSONText
import Mapping
import Pipelines
import Testing

let somewhere = FilePlace(file: "a.yaml", line: 1, column: 1)

/// A cell of a test's row.
enum Cell {
    case empty
    /// Nobody knows what is here.
    case absent
    case text(String)
    case number(String, shown: String? = nil)
    case boolean(Bool)
    case error(String)
}

extension Cell: ExpressibleByStringLiteral {
    init(stringLiteral text: String) { self = .text(text) }
}

/// A stream of a key and one column more, under headers of their own names.
struct OneColumn {
    let stream: StreamDefinition
    var mapper: RowMapper

    init(_ mapping: ColumnMapping, zone: String = "Asia/Tokyo", limit: Int? = nil) throws {
        let key = ColumnMapping(from: .header(["id"], occurrence: nil), to: "id", type: .text, isRequired: true, place: somewhere)
        stream = StreamDefinition(name: "s", table: "t", key: ["id"], columns: [key, mapping], place: somewhere)
        let header = try HeaderContract.resolve(["id"] + mapping.from.headers, for: stream)
        mapper = RowMapper(stream: stream, header: header, zone: try ZoneRules(named: zone), limits: limit.map { [mapping.to: $0] } ?? [:])
    }

    var tally: FieldTally { mapper.tallies[1] }

    /// The `fields` object, or what the row was refused for.
    mutating func map(_ cells: Cell...) -> String {
        var mapped = MappedRow()
        switch mapper.map(row(["k"] + cells), into: &mapped) {
        case .mapped: return String(decoding: mapped.fields, as: UTF8.self)
        case .blank: return "blank"
        case .rejected(let rejection): return rejection.problems.map { "\($0.field):\($0.rule.rawValue)" }.joined(separator: " ")
        }
    }
}

/// What one cell becomes in a column of this type: the JSON value, or the rule it breaks.
func value(_ cell: Cell, _ type: FieldType, zone: String = "Asia/Tokyo", _ change: (inout ColumnOptions) -> Void = { _ in }) throws -> String {
    var column = try OneColumn(mapping(type, change), zone: zone)
    let fields = column.map(cell)
    guard fields.hasPrefix(#"{"v":"#), fields.hasSuffix("}") else { return fields.hasPrefix("v:") ? String(fields.dropFirst(2)) : fields }
    return String(fields.dropFirst(5).dropLast())
}

/// The rules that changed the cell on its way.
func coercions(_ cell: Cell, _ type: FieldType, _ change: (inout ColumnOptions) -> Void = { _ in }) throws -> [Coercion] {
    var column = try OneColumn(mapping(type, change))
    _ = column.map(cell)
    return column.tally.coercions.map(\.rule)
}

struct ColumnOptions {
    var from: ColumnOrigin = .header(["V"], occurrence: nil)
    var isRequired = false
    var fallback: String?
    var trims = false
    var values: BooleanWords?
    var tiers: [Tier] = []
    var format: TextFormat?
    var onInvalid = OnInvalid.reject
}

func mapping(_ type: FieldType, _ change: (inout ColumnOptions) -> Void = { _ in }) -> ColumnMapping {
    var options = ColumnOptions()
    change(&options)
    return ColumnMapping(
        from: options.from, to: "v", type: type, isRequired: options.isRequired, fallback: options.fallback, trims: options.trims, values: options.values,
        tiers: options.tiers, format: options.format, onInvalid: options.onInvalid, place: somewhere)
}

func row(_ cells: [Cell], number: Int = 2) -> SourceRow {
    var row = SourceRow()
    row.begin(number: number)
    for cell in cells {
        switch cell {
        case .empty: row.appendEmpty()
        case .absent: row.appendAbsent()
        case .text(let text): row.append(.text, text.utf8)
        case .number(let digits, let shown):
            row.append(.number, digits.utf8)
            if let shown { row.show(shown.utf8) }
        case .boolean(let value): row.append(.boolean, (value ? "true" : "false").utf8)
        case .error(let word): row.append(.error, word.utf8)
        }
    }
    return row
}
