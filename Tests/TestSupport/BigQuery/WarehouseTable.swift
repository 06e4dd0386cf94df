import JSONText

/// A table of a stand-in's warehouse, or the prepared answer to any query that names it.
public struct WarehouseTable: Sendable {
    /// A column as BigQuery's schemas have it.
    public struct Column: Sendable {
        public var name: String
        /// `STRING`, `INTEGER`, `TIMESTAMP`, `RECORD`, …, as answers name them.
        public var type: String
        public var isRepeated: Bool
        public var fields: [Column]

        public init(_ name: String, _ type: String = "STRING", isRepeated: Bool = false, fields: [Column] = []) {
            (self.name, self.type, self.isRepeated, self.fields) = (name, type, isRepeated, fields)
        }

        var json: JSONValue {
            var object: JSONObject = ["name": .string(name), "type": .string(type), "mode": .string(isRepeated ? "REPEATED" : "NULLABLE")]
            if !fields.isEmpty { object["fields"] = .array(fields.map(\.json)) }
            return .object(object)
        }
    }

    /// A value as it stands on the wire; a TIMESTAMP is its microseconds since 1970.
    public indirect enum Value: Sendable, Equatable, ExpressibleByStringLiteral, ExpressibleByNilLiteral, ExpressibleByIntegerLiteral {
        case null
        case text(String)
        case list([Value])
        case record([Value])

        public init(stringLiteral text: String) { self = .text(text) }
        public init(nilLiteral: ()) { self = .null }
        public init(integerLiteral value: Int) { self = .text(String(value)) }

        func write(_ column: Column, _ form: WireForm, to json: inout JSONWriter) {
            switch self {
            case .null: json.literal("null")
            case .text(let text):
                if column.type == "TIMESTAMP", !form.hasMicroseconds, let count = Double(text) {
                    json.string("\(count / 1_000_000)")  // What a client gets that did not ask for whole microseconds: digits are lost.
                } else {
                    json.string(text)
                }
            case .list(let values):
                json.array { json in
                    for value in values {
                        json.object { json in
                            json.name("v"); value.write(column, form, to: &json)
                        }
                    }
                }
            case .record(let values):
                json.object { json in
                    json.array("f") { json in
                        for (value, field) in zip(values, column.fields) {
                            json.object { json in
                                json.name("v"); value.write(field, form, to: &json)
                            }
                        }
                    }
                }
            }
        }
    }

    /// `dataset.table`.
    public var name: String
    public var location: String
    public var columns: [Column]
    public var rows: [[Value]]

    public init(_ name: String, location: String = "us-west1", columns: [Column], rows: [[Value]] = []) {
        (self.name, self.location, self.columns, self.rows) = (name, location, columns, rows)
    }

    var dataset: String { String(name.prefix { $0 != "." }) }
}

/// What a client asked for about the form of values.
struct WireForm: Sendable, Equatable {
    var hasMicroseconds: Bool
}
