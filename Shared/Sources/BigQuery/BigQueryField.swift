import JSONText

/// A column of a table or an answer (https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#TableFieldSchema).
struct BigQueryField: Sendable, Equatable {
    /// The types that are carried each in a way of its own; every other one is text on the wire and stays text.
    enum Kind: Sendable {
        case integer, float, decimal, boolean, timestamp, record, json, text
    }

    let name: String
    let kind: Kind
    let isRepeated: Bool
    /// Of a record.
    let fields: [BigQueryField]

    init?(_ value: JSONValue) {
        guard case .object(let object) = value, case .string(let name)? = object["name"], case .string(let type)? = object["type"] else { return nil }
        self.name = name
        // Answers still use the names of legacy SQL; documents promise neither.
        switch type {
        case "INTEGER", "INT64": kind = .integer
        case "FLOAT", "FLOAT64": kind = .float
        case "NUMERIC", "BIGNUMERIC": kind = .decimal
        case "BOOLEAN", "BOOL": kind = .boolean
        case "TIMESTAMP": kind = .timestamp
        case "RECORD", "STRUCT": kind = .record
        case "JSON": kind = .json
        default: kind = .text
        }
        isRepeated = object["mode"] == "REPEATED"
        guard let fields = BigQueryField.list(object["fields"]) else { return nil }
        self.fields = fields
    }

    /// The fields of a `schema` or of a record; nil when it is none.
    static func list(_ value: JSONValue?) -> [BigQueryField]? {
        switch value {
        case nil, .null?: return []
        case .array(let values)?:
            let fields = values.compactMap(BigQueryField.init)
            return fields.count == values.count ? fields : nil
        default: return nil
        }
    }

    /// BigQuery takes two spellings that differ in case for one column.
    func isNamed(_ wanted: String) -> Bool { name.lowercased() == wanted.lowercased() }
}
