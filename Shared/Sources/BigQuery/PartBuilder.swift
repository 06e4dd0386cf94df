import Mapping

/// Takes the pages of one answer and keeps of each row the key and the mapped columns.
struct PartBuilder {
    private(set) var rows: PartRows
    private let schema: [BigQueryField]
    /// By the schema's fields: the cell it becomes; nil for one that nobody reads.
    private let cells: [Int?]
    private let keyField: Int
    private let place: String
    private let bytesMax: Int
    private var scratch: [UInt8] = []

    /// - Throws: when the answer lacks the key or a column; those it lacks should not have been asked for.
    init(_ schema: [BigQueryField], key: String, columns: [String], place: String, bytesMax: Int) throws(SourceError) {
        guard let keyField = schema.firstIndex(where: { $0.isNamed(key) }) else {
            let names = schema.prefix(20).map(\.name).joined(separator: ", ")
            throw SourceError(.unusable, place: place, "the answer has no column `\(key)`, the part's key; it has \(names)")
        }
        guard [.integer, .decimal, .text].contains(schema[keyField].kind), !schema[keyField].isRepeated else {
            throw SourceError(.unusable, place: place, "the key `\(key)` is no text or whole number; give another column, or CAST it in a query")
        }
        // A query whose dry run told no columns shows only now what it lacks.
        let present = columns.filter { column in schema.contains { $0.isNamed(column) } }
        rows = PartRows(columns: present)
        cells = schema.map { field in present.firstIndex { field.isNamed($0) } }
        (self.schema, self.keyField, self.place, self.bytesMax) = (schema, keyField, place, bytesMax)
    }

    /// - Throws: `SourceError` when the part has become too large, or when a page is not of the schema's shape.
    mutating func take(_ answer: QueryAnswer) throws {
        var row = [(kind: SourceRow.Kind, content: [UInt8])](repeating: (.empty, []), count: rows.columns.count)
        do {
            _ = try answer.rows { (scan) throws(JSONScan.Problem) in
                var key: [UInt8] = []
                try scan.cells(answer.body.span, schema) { (scan, index) throws(JSONScan.Problem) in
                    guard cells[index] != nil || index == keyField else { return try scan.skipValue(answer.body.span, depthMax: 100) }
                    let kind = try scan.cell(answer.body.span, schema[index], into: &scratch)
                    if index == keyField { key = comparedKey(kind, scratch) }
                    if let cell = cells[index] { row[cell] = (kind, scratch) }
                }
                rows.append(key: key, cells: row)
            }
        } catch {
            throw JobLost(why: "a page is not as its schema says: expected \(error.expected) at byte \(error.offset)")
        }
        guard rows.bytes.count <= bytesMax else {
            throw SourceError(.unusable, place: place, "its rows take more than \(bytesMax) bytes; narrow the query to the columns and rows that are needed")
        }
    }
}
