import JSONText

/// What tables.get says of a table that matters here (https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#Table).
struct TableFacts: Sendable {
    let fields: [BigQueryField]
    let location: String
    /// nil for a view.
    let rows: Int?
    let bytes: Int?

    init(_ body: [UInt8]) throws(JSONScan.Problem) {
        guard case .object(let table)? = try? JSONValue(parsing: body), case .object(let schema)? = table["schema"] ?? .object(JSONObject()),
            let fields = BigQueryField.list(schema["fields"])
        else { throw JSONScan.Problem(offset: body.count, expected: "a table with its schema") }
        func count(_ name: String) -> Int? { if case .string(let digits)? = table[name] { Int(digits) } else { nil } }
        self.fields = fields
        if case .string(let text)? = table["location"] { location = text } else { location = "" }
        (rows, bytes) = (count("numRows"), count("numBytes"))
    }
}
